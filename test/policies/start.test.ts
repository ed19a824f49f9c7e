import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { presets } from "../../policies/presets";
import { PackProcess } from "./packProcess";

const packs = ["policies", ...Object.keys(presets).map((name) => `policies/presets/${name}`)];

describe("a pack in a fresh checkout", () => {
  const root = mkdtempSync(join(tmpdir(), "groundwork-pack-"));
  afterAll(() => rmSync(root, { recursive: true }));

  beforeAll(() => {
    for (const path of ["policies", "site", "sdks", "package.json", "tsconfig.json"])
      cpSync(join(repository, path), join(root, path), { recursive: true, filter: (name) => !name.endsWith("/dist") });
    symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  });

  const started = async (pack: string): Promise<{ serves: boolean; stderr: string }> => {
    const it = await PackProcess.start(join(root, pack));
    it.stop();
    return { serves: it.isServing, stderr: it.stderr() };
  };

  it("says that it is not built, and what to do", async () => {
    for (const pack of packs)
      expect(await started(pack), pack).toEqual({
        serves: false,
        stderr: `policies: the pack is not built; run \`npm run prepare\` in ${root}\n`,
      });
  });

  it("serves when it is built", async () => {
    const { status, stderr } = spawnSync("npm", ["run", "--silent", "prepare"], { cwd: root, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    for (const pack of packs) expect(await started(pack), pack).toEqual({ serves: true, stderr: "" });
  });

  it("does not judge by rules that were changed since", async () => {
    appendFileSync(join(root, "site/judge/rules/pods.ts"), "\n// Another rule.\n");
    const { serves, stderr } = await started("policies");
    expect(serves).toBe(false);
    expect(stderr).toContain("policies: site/judge/rules/pods.ts has changed since the pack was built; run");
  });
});
