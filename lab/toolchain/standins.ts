import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import commandSdk from "@pulumi/command/package.json";
import kubernetesSdk from "@pulumi/kubernetes/package.json";
import tlsSdk from "@pulumi/tls/package.json";
import { type Artifact, goBuild } from "./artifact";

/** A plugin that the engine looks for: the name of a package and the version that its SDK asks for. */
export interface Plugin {
  name: string;
  version: string;
}

/** The plugins whose place ours take, since the official ones can't be downloaded in the lab. */
export const standinPlugins: Plugin[] = [
  { name: "command", version: commandSdk.version },
  { name: "tls", version: tlsSdk.version },
  { name: "kubernetes", version: kubernetesSdk.version },
];

/** The folder of a plugin, as `$PULUMI_HOME/plugins` has it. */
export function pluginFolder({ name, version }: Plugin): string {
  return `resource-${name}-v${version}`;
}

const versions = standinPlugins.map(({ name, version }) => `${name}-${version}`);

/** The stand-in plugins, each in the folder that the engine looks for: `resource-tls-v5.6.1/pulumi-resource-tls`. */
export const standins: Artifact = {
  name: "plugins",
  version: "1",
  inputs: ["lab/go/plugins", "lab/toolchain/standins.ts", ...versions],
  title: "the command, tls and kubernetes plugins",
  expected: "about 2 min",
  build: async (dir, run) => {
    for (const plugin of standinPlugins) {
      const folder = join(dir, pluginFolder(plugin));
      await mkdir(folder);
      await goBuild(run, {
        module: "lab/go/plugins",
        package: `./cmd/pulumi-resource-${plugin.name}`,
        output: join(folder, `pulumi-resource-${plugin.name}`),
        ldflags: `-X groundwork/lab/go/plugins/protocol.Version=${plugin.version}`,
      });
    }
  },
};
