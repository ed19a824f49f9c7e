require("../../start.cjs")("cis");
