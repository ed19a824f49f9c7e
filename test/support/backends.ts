import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { versitygw } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";

/** Where states are kept, with what a person has in the environment for it. */
export interface Backend {
  env: NodeJS.ProcessEnv;
  /** What nobody may read. */
  password?: string;
  stop(): Promise<void>;
}

const PASSWORD = "only-in-the-environment";
/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** A folder. */
export async function folderBackend(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-states-"));
  return {
    env: { PULUMI_BACKEND_URL: `file://${folder}` },
    stop: async () => rmSync(folder, { recursive: true }),
  };
}

/** A bucket of an S3 server of one's own. */
export async function s3Backend(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-s3-"));
  for (const name of ["objects/states", "attributes"]) mkdirSync(join(folder, name), { recursive: true });
  const program = join(await ensure(versitygw), "versitygw");
  const port = await freePort();
  const server = spawn(
    program,
    ["--port", `127.0.0.1:${port}`, "posix", "--sidecar", join(folder, "attributes"), join(folder, "objects")],
    { env: { ...process.env, ROOT_ACCESS_KEY: "STATES", ROOT_SECRET_KEY: PASSWORD }, stdio: "ignore" },
  );
  await answers(port);
  return {
    env: {
      PULUMI_BACKEND_URL: `s3://states?endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true&region=us-east-1`,
      AWS_ACCESS_KEY_ID: "STATES",
      AWS_SECRET_ACCESS_KEY: PASSWORD,
    },
    password: PASSWORD,
    stop: () => ended(server, folder),
  };
}

/** A database of a PostgreSQL of one's own. */
export async function postgresBackend(): Promise<Backend> {
  const bin = postgresFolder();
  const folder = mkdtempSync(join(tmpdir(), "groundwork-postgres-"));
  chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  const [data, word] = [join(folder, "data"), join(folder, "password")];
  writeFileSync(word, PASSWORD, { mode: 0o644 });
  const own = { uid: NOBODY, gid: NOBODY, cwd: folder, env: { PATH: process.env.PATH, LANG: "C" } };
  const made = ["--pgdata", data, "--username", "states", "--pwfile", word, "--auth", "scram-sha-256", "--no-sync"];
  execFileSync(join(bin, "initdb"), made, { ...own, stdio: ["ignore", "ignore", "pipe"] });
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "fsync=off"];
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings.flatMap((each) => ["-c", each])], {
    ...own,
    stdio: "ignore",
  });
  await answers(port);
  return {
    env: { PULUMI_BACKEND_URL: `postgres://states:${PASSWORD}@127.0.0.1:${port}/postgres?sslmode=disable` },
    password: PASSWORD,
    stop: () => ended(server, folder),
  };
}

/** Debian keeps each version's programs in a folder of its own. */
function postgresFolder(): string {
  const root = "/usr/lib/postgresql";
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error(`${root}: no version of PostgreSQL is there; apt-get install postgresql`);
  return join(root, newest, "bin");
}

async function ended(server: ChildProcess, folder: string): Promise<void> {
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  if (server.exitCode === null) await gone;
  rmSync(folder, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      }).on("error", () => resolve(false));
    });
    if (isThere) return;
    await sleep(100);
  }
  throw new Error(`127.0.0.1:${port}: nothing answers there`);
}
