// What `pulumi` starts.
require("./translated.cjs");
require("./pack.ts").startPack();
