require("../../start.cjs")("edge-single-host");
