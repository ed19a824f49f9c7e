import { spawn } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { connect as dial } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { INSTALL_TEMPORAL, type Server, type ServerOptions } from "../fleet/rollout/service";
import { unusable } from "../site/description/unusableInput";
import { connected } from "./connection";

/** A full disk is told again after so many ms. */
const TELL_AGAIN = 60_000;

/** Temporal's development server: one process, one database file. */
export async function serve({ program, database, port, uiPort, onFullDisk }: ServerOptions): Promise<Server> {
  const address = `127.0.0.1:${port}`;
  if (await isTaken(port)) throw await taken(address, port);
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  const ui = uiPort === undefined ? ["--headless"] : ["--ui-port", String(uiPort)];
  const child = spawn(
    program,
    ["server", "start-dev", "--ip", "127.0.0.1", "--port", String(port), "--db-filename", database, ...ui].concat(
      "--log-level",
      "error",
      "--log-format",
      "text",
    ),
    // Ctrl-C is ours: the worker ends before its server.
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let words = "";
  let toldFull = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      words = (words + chunk).slice(-2000);
      // SQLite's own words.
      if (chunk.includes("disk is full") && Date.now() > toldFull + TELL_AGAIN) {
        toldFull = Date.now();
        onFullDisk?.();
      }
    });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? "there is no such program" : error.message),
    );
    child.on("close", () => resolve(words.trim().split("\n").slice(-3).join("\n")));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const asking = new AbortController();
  const first = await Promise.race([ended, answered(address, asking.signal)]).finally(() => asking.abort());
  if (first === true) {
    chmodSync(database, 0o600);
    return { address, ended, stop };
  }
  if (first !== false)
    throw unusable(
      program,
      `Temporal's server did not start: ${first}`,
      `install its program: ${INSTALL_TEMPORAL}, or name it with --temporal`,
    );
  await stop();
  throw unusable(program, "Temporal's server did not answer within two minutes", `see ${database} and its disk`);
}

/** A server outlives a `fleet serve` that is killed. */
async function taken(address: string, port: number): Promise<Error> {
  const other = "end it, or name another one with --port";
  if (!(await answers(address))) return unusable(`port ${port}`, "something answers there already", other);
  const goesOn = `go on with it: \`groundwork fleet work --address ${address}\`; or ${other}`;
  return unusable(`port ${port}`, "a Temporal runs there already, as one whose `fleet serve` was killed does", goesOn);
}

async function answers(address: string): Promise<boolean> {
  try {
    const { client } = await connected({ address, namespace: "default" });
    await client.connection.close();
    return true;
  } catch {
    return false;
  }
}

async function answered(address: string, asking: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + 120_000; !asking.aborted && Date.now() < until; await sleep(200))
    if (await answers(address)) return true;
  return false;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).on("error", () => resolve(false));
  });
}
