import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { ensure } from "../../lab/toolchain/artifact";
import { engine } from "../../lab/toolchain/engine";
import { linkPlugins } from "../../lab/toolchain/plugins";
import { Installed } from "../support/installed";
import { TestLab } from "../support/vcenter/lab";

const file = "stacks/Pulumi.shop.yaml";

describe("a folder that `groundwork init` made over the installed package", () => {
  let lab: TestLab;
  let installed: Installed;
  let stack: PulumiStack;
  beforeAll(async () => {
    installed = await Installed.make();
    lab = await TestLab.start();
    const home = join(lab.state, "pulumi");
    await linkPlugins(home);
    const env = {
      ...process.env,
      ...lab.center.environment,
      PATH: `${join(await ensure(engine), "bin")}:${process.env.PATH}`,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${lab.state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    stack = { folder: installed.folder, stack: "shop", env };
  });
  afterAll(async () => {
    await lab?.destroy();
    installed?.remove();
  });

  it("describes what vCenter has, and has a plan that nothing refuses", async () => {
    const network = ["--cidr", lab.address(0).replace(/0$/, "0/24"), "--name", "shop"];
    const made = await installed.groundwork(["init", ".", "--discover", "--insecure", "--yes", ...network], stack.env);
    expect(made.code, made.stdout + made.stderr).toBe(0);
    const site = parseDocument(readFileSync(join(installed.folder, file), "utf8")).toJS().config["groundwork:site"];
    expect(site.hypervisor).toEqual({
      kind: "vsphere",
      server: lab.center.server,
      datacenter: "DC0",
      cluster: "C0",
      template: "groundwork-node",
      network: "VM Network",
    });
    expect(site.hosts.map(({ name, cpus }: { name: string; cpus: number }) => [name, cpus])).toEqual([
      ["esx-1", 16],
      ["esx-2", 16],
      ["esx-3", 16],
    ]);
    const planned = await installed.groundwork(["plan", file]);
    expect(planned.code, planned.stdout + planned.stderr).toBe(0);
    expect(planned.stdout).toContain("FAILURE OF");
  });

  it("previews the site by its program of three lines, judged by the pack that came with it", async () => {
    // The simulator has no certificate that anybody trusts.
    const document = parseDocument(readFileSync(join(installed.folder, file), "utf8"));
    const site = ["config", "groundwork:site"];
    document.setIn([...site, "hypervisor", "allowUnverifiedSsl"], true);
    // Its template has a disk of 20 GiB, and no machine has a smaller one than what it is cloned from.
    document.setIn([...site, "etcd"], { systemDiskGiB: 24 });
    document.setIn([...site, "loadBalancer"], { kind: "haproxy", diskGiB: 24 });
    writeFileSync(join(installed.folder, file), document.toString());
    await pulumiOrThrow(stack, ["stack", "init"]);
    const { code, stdout, stderr } = await pulumi(stack, ["preview", "--policy-pack", installed.pack]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("shop-etcd-a");
    expect(stdout).toMatch(/groundwork\S* \(local: node_modules\/groundwork\/policies\)/);
    expect(stdout).not.toContain("[mandatory]");
  });
});
