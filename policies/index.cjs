// What `pulumi` starts.
require("./unused.cjs");
require("./translated.cjs");
require("./pack.ts").startPack();
