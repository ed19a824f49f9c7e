// Plain JavaScript, because it runs before anything is installed: checks Node, installs the packages of the lockfile
// where they are missing or stale, and hands over to a TypeScript file with the arguments it was given.
const { spawnSync, spawn } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`node: version ${process.versions.node} is too old; install Node.js 20.19 or newer`);
  process.exit(2);
}

if (!isInstalled()) {
  console.log("Installing the packages of package-lock.json with npm …");
  const npm = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], { cwd: root, stdio: "inherit" });
  if (npm.status !== 0) {
    console.error(
      "npm ci: failed; its own words are above. Mend that (network, disk space) and run the same command again",
    );
    process.exit(npm.status || 1);
  }
}

/** Whether every package of the lockfile is there in its version, as npm itself has written down; what only other platforms need may not be. */
function isInstalled() {
  const installed = packagesIn(join("node_modules", ".package-lock.json"));
  return Object.entries(packagesIn("package-lock.json")).every(
    ([path, { version, optional, link }]) =>
      !path.includes("node_modules/") || optional || link || installed[path]?.version === version,
  );
}

/** npm writes its own file last: while packages are being put there, it is not there. */
function packagesIn(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

// The policy pack that `pulumi` starts is JavaScript: what was changed since the packages were installed goes into it.
const built = spawnSync("npm", ["run", "--silent", "prepare"], { cwd: root, stdio: "inherit" });
if (built.status !== 0) process.exit(built.status || 1);

const [script, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ["--import", "tsx", join(root, script), ...args], {
  stdio: "inherit",
  cwd: root,
});
// The terminal sends Ctrl-C to the child as well; it decides when to stop. A TERM is passed on.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal ? 130 : code));
