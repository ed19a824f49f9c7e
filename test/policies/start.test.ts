import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { presets } from "../../policies/presets";
import { PackProcess } from "./packProcess";

const packs = ["policies", ...Object.keys(presets).map((name) => `policies/presets/${name}`)];

describe("a pack and a program in a fresh checkout", () => {
  const root = mkdtempSync(join(tmpdir(), "groundwork-pack-"));
  afterAll(() => rmSync(root, { recursive: true }));

  beforeAll(() => {
    const folders = ["cli", "components", "fleet", "image", "infra", "policies", "site", "sdks", "temporal"];
    for (const path of [...folders, "package.json", "tsconfig.json"])
      cpSync(join(repository, path), join(root, path), { recursive: true, filter: (name) => !name.endsWith("/dist") });
    symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  });

  const started = async (pack: string): Promise<{ serves: boolean; stderr: string }> => {
    const it = await PackProcess.start(join(root, pack));
    it.stop();
    return { serves: it.isServing, stderr: it.stderr() };
  };

  /** What the program is loaded from, with what `Pulumi.yaml` starts it with. */
  const loadedFrom = (): string[] => {
    const print = 'require("./infra"); console.log(JSON.stringify(Object.keys(require.cache))); process.exit()';
    const args = ["--require", "./infra/start.cjs", "--eval", print];
    const loaded: string[] = JSON.parse(spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" }).stdout);
    return ["infra/dist/program.cjs", "components/Site.ts"].filter((file) => loaded.includes(join(root, file)));
  };

  it("says that it is not built, and what to do; the program is compiled", async () => {
    for (const pack of packs)
      expect(await started(pack), pack).toEqual({
        serves: false,
        stderr: `policies: the pack cannot be used: it is not built; run \`npm run prepare\` in ${root}\n`,
      });
    expect(loadedFrom()).toEqual(["components/Site.ts"]);
  });

  it("serves when it is built; the program is taken as built", async () => {
    const { status, stderr } = spawnSync("npm", ["run", "--silent", "prepare"], { cwd: root, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    for (const pack of packs) expect(await started(pack), pack).toEqual({ serves: true, stderr: "" });
    expect(loadedFrom()).toEqual(["infra/dist/program.cjs"]);
  });

  it("does not judge by rules that were changed since; the program is compiled then", async () => {
    appendFileSync(join(root, "site/judge/rules/pods.ts"), "\n// Another rule.\n");
    const { serves, stderr } = await started("policies");
    expect(serves).toBe(false);
    expect(stderr).toContain(
      "policies: the pack cannot be used: site/judge/rules/pods.ts has changed since it was built; run",
    );
    expect(loadedFrom()).toEqual(["components/Site.ts"]);
  });
});
