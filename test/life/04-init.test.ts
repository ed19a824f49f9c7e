import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { program } from "../../cli/process/program";
import { pulumi } from "../../cli/stack/pulumi";
import { destroyLab, type Lab, openLab } from "../../lab/lab";
import { Installed } from "../support/installed";

// The way of somebody who has only the package: init from what vCenter has, plan, up; in a datacenter of its own.

const name = "init";

/** What the test reads of the lab's own stack file. */
interface Described {
  hypervisor: Record<"datacenter" | "cluster" | "template" | "network", string>;
  network: Record<"cidr" | "gateway" | "apiVip" | "machines", string>;
  kubernetes: Record<string, unknown>;
  controlPlanes: unknown;
}
let lab: Lab;
let installed: Installed;

beforeAll(async () => {
  installed = await Installed.make();
  lab = await openLab(name, "demo", () => {});
});
afterAll(async () => {
  await destroyLab(name, () => {});
  installed?.remove();
});

test("a folder of `groundwork init --discover` over the installed package brings a site up from nothing", async () => {
  const { hypervisor, network, kubernetes } = lab.site as unknown as Described;
  const { datacenter, cluster, template, network: portGroup } = hypervisor;
  const { cidr, gateway, apiVip, machines } = network;
  const flags = { name: "shop", server: lab.datacenter.server, datacenter, cluster, template, network: portGroup };
  const addresses = { cidr, gateway, "api-vip": apiVip, machines };
  const answers = Object.entries({ ...flags, ...addresses, kubernetes: kubernetes.version, workers: "2" });
  const args = answers.flatMap(([flag, value]) => [`--${flag}`, `${value}`]);
  const made = await installed.groundwork(["init", ".", "--yes", "--discover", "--insecure", ...args], lab.environment);
  expect(made.code, made.stdout + made.stderr).toBe(0);

  const [file] = readdirSync(join(installed.folder, "stacks")).filter((each) => each.startsWith("Pulumi."));
  const stackFile = join(installed.folder, "stacks", `${file}`);
  const planned = await installed.groundwork(["plan", stackFile]);
  expect(planned.code, planned.stdout + planned.stderr).toBe(0);

  labSettings(stackFile);
  const stack = {
    folder: installed.folder,
    stack: `${file?.split(".")[1]}`,
    env: { ...process.env, ...lab.environment },
  };
  const init = await pulumi(stack, ["stack", "init", "--secrets-provider", "passphrase"]);
  expect(init.code, init.stderr).toBe(0);
  const up = ["up", "--yes", "--skip-preview", "--parallel", "64", "--policy-pack", installed.pack];
  const first = await pulumi(stack, up);
  expect(first.code, first.stdout.slice(-4000) + first.stderr).toBe(0);

  const { stdout } = await pulumi(stack, ["stack", "output", "kubeconfig", "--show-secrets"]);
  const kubeconfig = join(installed.folder, "..", "kubeconfig");
  writeFileSync(kubeconfig, stdout, { mode: 0o600 });
  const nodes = await program("kubectl", ["--kubeconfig", kubeconfig, "get", "nodes", "-o", "json"], {
    env: stack.env,
  });
  expect(nodes.code, nodes.stderr).toBe(0);
  const ready = (
    JSON.parse(nodes.stdout).items as { status: { conditions: { type: string; status: string }[] } }[]
  ).map(({ status }) => status.conditions.find(({ type }) => type === "Ready")?.status);
  expect(ready).toEqual(["True", "True", "True", "True"]);
  const second = await pulumi(stack, [...up, "--expect-no-changes"]);
  expect(second.code, second.stdout.slice(-4000)).toBe(0);
});

/** What machines need that are containers; a lab's vCenter shows a certificate that nobody signed. */
function labSettings(file: string): void {
  const { kubernetes, controlPlanes } = lab.site as unknown as Described;
  const document = parseDocument(readFileSync(file, "utf8"));
  const site = ["config", "groundwork:site"];
  document.setIn([...site, "hypervisor", "allowUnverifiedSsl"], true);
  for (const key of ["kubelet", "kubeProxy", "ignorePreflightErrors"])
    document.setIn([...site, "kubernetes", key], document.createNode(kubernetes[key]));
  document.setIn([...site, "controlPlanes"], document.createNode(controlPlanes));
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  expect(parse(readFileSync(file, "utf8")).config["groundwork:site"].name).toBe("shop");
}
