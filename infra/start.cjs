// What the program is started with: see `nodeargs` in Pulumi.yaml.
require("../sdks/unused.cjs");
require("tsx/cjs");
