import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { recover } from "../../cli/recover/recover";
import { Digests } from "../../cli/report/reuse/digests";
import { stateDigest } from "../../cli/report/reuse/state";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { outputsOf } from "../../cli/stack/state";
import { type Backend, folderBackend, postgresBackend, s3Backend } from "../support/backends";
import { Project } from "../support/project";

// The state lies in a folder, in S3-compatible storage or in PostgreSQL; two machines share it.

/** Begins, and ends when it may. */
const program = `
import { existsSync, writeFileSync } from "node:fs";
export = async () => {
  writeFileSync(process.env.BEGUN as string, "");
  while (existsSync(process.env.WAITS as string)) await new Promise((resolve) => setTimeout(resolve, 50));
  return { round: process.env.ROUND };
};
`;

let [backend, project]: [Backend?, Project?] = [];
afterEach(async () => {
  project?.remove();
  await backend?.stop();
  [backend, project] = [undefined, undefined];
});

/** An `up` that goes on until it may end, of this machine or of another one. */
function upOf({ folder, env }: PulumiStack, host?: string): ChildProcess {
  const up = "exec pulumi up --yes --skip-preview --stack test --non-interactive --color never";
  const command = host === undefined ? up : `hostname ${host}; ${up}`;
  const args = host === undefined ? ["sh", "-c", command] : ["unshare", "--uts", "sh", "-c", command];
  return spawn(args[0] as string, args.slice(1), { cwd: folder, env, stdio: "ignore", detached: true });
}

const message = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    (error: Error) => error.message,
  );

describe.each([
  ["a folder", folderBackend],
  ["S3-compatible storage", s3Backend],
  ["PostgreSQL", postgresBackend],
])("the state in %s", (_, start) => {
  test("is one machine's at a time, and taken over from one that is gone (R6)", async () => {
    backend = await start();
    project = await Project.create({ files: { "index.ts": program }, env: backend.env });
    const root = dirname(project.folder);
    const [begun, waits] = [join(root, "begun"), join(root, "waits")];
    const env: NodeJS.ProcessEnv = { ...project.env, BEGUN: begun, WAITS: waits, ROUND: "1" };
    const stack: PulumiStack = { folder: project.folder, stack: "test", env };
    const recovered = () => recover(stack, "project", {});
    const held = async (host?: string) => {
      rmSync(begun, { force: true });
      writeFileSync(waits, "");
      const up = upOf(stack, host);
      while (!existsSync(begun)) await sleep(50);
      return up;
    };
    const killed = async (up: ChildProcess) => {
      const gone = new Promise((resolve) => up.once("exit", resolve));
      process.kill(-(up.pid as number), "SIGKILL");
      await gone;
    };
    const digest = () =>
      stateDigest({ folder: stack.folder, name: "project", stackFolder: "." }, "test", env, new Digests());

    await pulumiOrThrow(stack, ["up", "--yes", "--skip-preview"]);
    expect(await outputsOf(stack)).toEqual({ round: "1" });
    const first = await digest();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest()).toBe(first);
    expect(await recovered()).toEqual([]);
    expect(await digest()).toBe(first);

    // Another machine works: nothing of this one is taken from it, also when it is gone, for nobody here knows that.
    const theirs = await held("elsewhere");
    expect((await pulumi(stack, ["up", "--yes", "--skip-preview"])).stderr).toMatch(/currently locked/);
    const whose = /^--stack test: it is locked by \S+@elsewhere \(pid \d+\) since \S+; wait for that run/;
    expect(await message(recovered())).toMatch(whose);
    await killed(theirs);
    expect(await message(recovered())).toMatch(whose);
    expect(await message(pulumiOrThrow(stack, ["up", "--yes", "--skip-preview"]))).toContain("it is locked, by ");
    await pulumiOrThrow(stack, ["cancel", "--yes"]);

    // This machine was killed itself.
    await killed(await held());
    rmSync(waits);
    expect(await recovered()).toContain("removed the lock of a run that is gone");
    expect(await recovered()).toEqual([]);
    await pulumiOrThrow({ ...stack, env: { ...env, ROUND: "2" } }, ["up", "--yes", "--skip-preview"]);
    expect(await outputsOf(stack)).toEqual({ round: "2" });
    expect(await digest()).not.toBe(first);

    // Where it cannot be reached that is told, and nothing that signs in to it.
    const { PULUMI_BACKEND_URL: url = "" } = env;
    const nowhere = { ...stack, env: { ...env, PULUMI_BACKEND_URL: url.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:9") } };
    if (nowhere.env.PULUMI_BACKEND_URL === url) return;
    const told = await message(outputsOf(nowhere));
    expect(told).toMatch(/^PULUMI_BACKEND_URL: the backend, where states are kept, does not answer/);
    expect(told).not.toContain(backend.password);
  });
});
