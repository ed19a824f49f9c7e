// What the program is started with: see `nodeargs` in Pulumi.yaml.
require("../sdks/pulumi/deferred.cjs");
require("tsx/cjs");
