import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, goBuild } from "./artifact";
import { goTool } from "./go";

/** The Pulumi version the lab runs: the newest whose engine works with the Node language host that modules serve. */
export const pulumiVersion = "3.200.0";

const languageModule = "github.com/pulumi/pulumi/sdk/v3";
const launchers = ["pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"];

/** The Pulumi CLI with its Node language host and the launchers of policy packs and dynamic resources; in `bin`. */
export const engine: Artifact = {
  name: "pulumi",
  version: pulumiVersion,
  inputs: ["lab/go/engine", "lab/go/language", "lab/toolchain/engine.ts"],
  title: `the Pulumi engine ${pulumiVersion}`,
  expected: "about 3 min",
  build: async (dir, run) => {
    const bin = join(dir, "bin");
    await mkdir(bin);
    const version = `-X ${languageModule}/go/common/version.Version=v${pulumiVersion}`;
    await goBuild(run, {
      module: "lab/go/engine",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      output: join(bin, "pulumi"),
      ldflags: version,
    });
    await goBuild(run, {
      module: "lab/go/language",
      package: `${languageModule}/nodejs/cmd/pulumi-language-nodejs`,
      output: join(bin, "pulumi-language-nodejs"),
      ldflags: version,
    });
    const source = await goTool(run, "lab/go/language", ["list", "-m", "-f", "{{.Dir}}", languageModule]);
    for (const launcher of launchers) {
      await copyFile(join(source.trim(), "nodejs/dist", launcher), join(bin, launcher));
      await chmod(join(bin, launcher), 0o755);
    }
  },
};
