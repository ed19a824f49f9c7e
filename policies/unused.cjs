// What Pulumi's SDK loads at its start and a policy never has: the Automation API, and what dynamic resources are packed with,
// npm's dependency resolver among it. In a process that is only a pack they are left out.
const { dirname } = require("node:path");

const unused = ["automation/index.js", "runtime/closure/codePaths.js"];

if (/run-policy-pack/.test(process.argv[1] ?? "")) {
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  for (const module of unused) {
    try {
      const file = require.resolve(`${sdk}/${module}`);
      require.cache[file] ??= { id: file, filename: file, loaded: true, exports: {}, children: [], paths: [] };
    } catch {
      // An SDK without it.
    }
  }
}
