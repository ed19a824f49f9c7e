// Ends this process when its engine is gone. One that is killed leaves what it started (@pulumi/pulumi 3.248): a program goes on writing
// about it, which keeps a processor busy and takes a gigabyte in five minutes; a policy pack waits for ever.
const { readFileSync } = require("node:fs");
const { connect } = require("node:net");

const EVERY_MS = 5000;

const args = startedWith();
// `--engine 127.0.0.1:PORT` of a program; the first argument of a pack.
const address = args.includes("--engine") ? args[args.indexOf("--engine") + 1] : args[2];
const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(address ?? "")?.[1]);
if (port) {
  let answered = false;
  const ask = () => {
    const socket = connect(port, "127.0.0.1", () => {
      answered = true;
      socket.destroy();
    });
    socket.on("error", ({ code }) => answered && code === "ECONNREFUSED" && process.exit(1)).unref();
  };
  ask();
  setInterval(ask, EVERY_MS).unref();
}

/** As the process was started: a pack finds `process.argv` without its engine's address. Where there is no /proc, a pack is left as it was. */
function startedWith() {
  try {
    return readFileSync("/proc/self/cmdline", "utf8").split("\0");
  } catch {
    return process.argv;
  }
}
