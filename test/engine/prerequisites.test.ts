import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../lab/toolchain/artifact";

// A machine that lacks several things: another user than root, and a small disk for what is built.

const folder = mkdtempSync(join(tmpdir(), "groundwork-small-disk-"));
beforeAll(() => {
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]).status).toBe(0);
});
afterAll(() => {
  spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
});

test("all that is missing is told at once, each with its place and what to do, and nothing is begun", () => {
  const env = { ...process.env, GROUNDWORK_CACHE: join(folder, "cache"), XDG_STATE_HOME: join(folder, "state") };
  const command = ["--user", process.execPath, "lab/bootstrap.cjs", "lab/demo.ts", "--name", "lacking"];
  const { status, stdout, stderr } = spawnSync("unshare", command, { cwd: repository, env, encoding: "utf8" });
  const told = `${stdout}${stderr}`.trim().split("\n");
  expect(told).toEqual([
    expect.stringMatching(/^user: not root; .+; run it as root/),
    expect.stringMatching(new RegExp(`^${folder}/\\S+: 0\\.\\d GiB free; the lab needs \\d+ GiB; .+`)),
  ]);
  expect(status).toBe(1);
});
