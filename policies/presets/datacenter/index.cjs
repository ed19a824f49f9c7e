require("../../start.cjs")("datacenter");
