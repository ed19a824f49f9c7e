import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { repository } from "../../lab/toolchain/artifact";

const temporary = mkdtempSync(join(tmpdir(), "groundwork-folders-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const left = () => readdirSync(temporary).filter((name) => name.startsWith("groundwork-"));

/** A command with such a folder and a key in it, which waits to be ended. */
async function begun(): Promise<{ end(signal: NodeJS.Signals): Promise<NodeJS.Signals | null>; folder: string }> {
  const text = `const { path } = require("./cli/process/privateFolder").privateFolder();
    require("node:fs").writeFileSync(path + "/key", "secret");
    console.log(path); setInterval(() => {}, 1000);`;
  const child = spawn("node", ["--require", "tsx/cjs", "--eval", text], {
    cwd: repository,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ((await once(child, "exit")) as [number | null, NodeJS.Signals | null])[1];
  };
  return { end, folder: printed.toString().trim() };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "a folder with keys goes with a command that gets %s",
  async (signal) => {
    const { end, folder } = await begun();
    expect(existsSync(join(folder, "key"))).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await end(signal)).toBe(signal);
    expect(left()).toEqual([]);
  },
);

test("that of one that was killed goes with the next command, that of one that runs stays", async () => {
  const [killed, runs] = [await begun(), await begun()];
  await killed.end("SIGKILL");
  expect(existsSync(join(killed.folder, "key"))).toBe(true);
  const next = await begun();
  expect(existsSync(killed.folder)).toBe(false);
  expect(existsSync(join(runs.folder, "key"))).toBe(true);
  for (const each of [next, runs]) await each.end("SIGTERM");
  expect(left()).toEqual([]);
});
