// What `pulumi` starts.
require("../sdks/unused.cjs");
require("./translated.cjs");
require("./pack.ts").startPack();
