// What `pulumi` starts.
require("./start.cjs")();
