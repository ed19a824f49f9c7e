require("../../start.cjs")("edge-two-host");
