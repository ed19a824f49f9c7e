import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Artifact, artifactFolder, ensure, repository } from "../../lab/toolchain/artifact";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "groundwork-cache-"));
  vi.stubEnv("GROUNDWORK_CACHE", cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const base = { name: "thing", version: "1", inputs: ["a"], title: "the thing" };

/** A process of its own that builds `thing` by running a shell script; `$1` is the folder to fill. */
function builder(script: string): ChildProcess {
  const file = join(cache, "builder.ts");
  writeFileSync(
    file,
    `import { ensure } from ${JSON.stringify(join(repository, "lab/toolchain/artifact"))};
    ensure({ ...${JSON.stringify(base)}, build: async (dir, run) => void (await run("sh", ["-c", ${JSON.stringify(script)}, "sh", dir])) });`,
  );
  return spawn(process.execPath, ["--import", "tsx", file], { cwd: repository, stdio: "inherit" });
}
const ended = (child: ChildProcess) => new Promise((resolve) => child.on("exit", resolve));

test("processes that want an artifact at once build it once", async () => {
  const log = join(cache, "log");
  const script = `echo built >>${log}; sleep 1; touch $1/file`;
  expect(await Promise.all([builder(script), builder(script)].map(ended))).toEqual([0, 0]);
  expect(readFileSync(log, "utf8")).toBe("built\n");
  expect(readdirSync(cache).filter((name) => name.startsWith("thing"))).toEqual([
    basename(await artifactFolder({ ...base, build: async () => {} })),
  ]);
});

test("a build killed halfway leaves nothing that looks complete, and the next one is not held up", async () => {
  const killed = builder("touch $1/half; sleep 2");
  await vi.waitFor(() => expect(partial()).toHaveLength(1), { timeout: 120_000 });
  killed.kill("SIGKILL");
  await ended(killed);
  const artifact: Artifact = { ...base, build: async (dir) => writeFileSync(join(dir, "whole"), "") };
  expect(readdirSync(await ensure(artifact))).toEqual(["whole"]);
  expect(partial()).toEqual([]);
});
const partial = () => readdirSync(cache).filter((name) => name.includes(".partial-"));

test("a failed build says what the command printed last", async () => {
  const artifact: Artifact = {
    ...base,
    build: async (_, run) => void (await run("sh", ["-c", "echo first; echo the reason >&2; exit 3"])),
  };
  await expect(ensure(artifact)).rejects.toThrow(
    /^the thing: could not be built: sh .* exit code 3\n {2}first\n {2}the reason$/,
  );
  expect(readdirSync(cache)).toEqual([]);
});

test("a program that is not there is named", async () => {
  const artifact: Artifact = { ...base, build: async (_, run) => void (await run("no-such-program", [])) };
  await expect(ensure(artifact)).rejects.toThrow("no-such-program: not found on PATH; install it");
});

test("what decides the bytes decides the folder", async () => {
  const folder = (inputs: string[]) => artifactFolder({ ...base, inputs, build: async () => {} });
  const [first, same, other, file] = await Promise.all([
    folder(["a"]),
    folder(["a"]),
    folder(["b"]),
    folder(["lab/go"]),
  ]);
  expect(same).toBe(first);
  expect(new Set([first, other, file]).size).toBe(3);
  await expect(folder(["lab/no-such-file"])).rejects.toThrow("lab/no-such-file");
  expect(existsSync(first ?? "")).toBe(false);
});
