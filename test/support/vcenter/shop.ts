import { repository } from "../../../lab/toolchain/artifact";
import { ownRuntime, Project } from "../project";
import { vsphere } from "../testCenter";
import type { TestLab } from "./lab";

/**
 * Machines of a plan, made as a site makes them, with the rules that hold them; nothing of them is configured. Which ones: all whose names
 * match `groundwork:machines`. What vCenter would refuse is asked first unless `groundwork:preflight` is false. A clone has the time that it has
 * at a site, or `groundwork:cloneMinutes`.
 */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { Datacenter } from "${repository}/components/hypervisors/vsphere/Datacenter";
import { Placement } from "${repository}/components/hypervisors/vsphere/Placement";
import { VsphereMachine } from "${repository}/components/hypervisors/vsphere/VsphereMachine";
import { refusedByVcenter } from "${repository}/infra/preflight";
import { parseSite } from "${repository}/site/description/parse";
import { macAddress } from "${repository}/site/plan/macAddress";
import { planSite } from "${repository}/site/plan/plan";

// As the site's own program: to show an error with a stack trace that is mapped takes Node minutes.
Object.assign(Error, { prepareStackTrace: undefined });
process.setSourceMapsEnabled(false);

export = async () => {
  const config = new pulumi.Config("groundwork");
  const plan = planSite(parseSite(config.requireObject("site")));
  const made = new RegExp(config.require("machines"));
  const credentials = { user: process.env.VSPHERE_USER ?? "", password: process.env.VSPHERE_PASSWORD ?? "" };
  await refusedByVcenter(config, plan, credentials, undefined);
  const minutes = config.getNumber("cloneMinutes");
  if (minutes !== undefined)
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
      if (type !== "vsphere:index/virtualMachine:VirtualMachine") return undefined;
      return { props: { ...props, clone: { ...props.clone, timeout: minutes } }, opts };
    });
  const parent = new pulumi.ComponentResource("test:index:Site", "shop");
  const datacenter = new Datacenter("shop", { plan, hypervisor: plan.spec.hypervisor as any, credentials }, { parent });
  const machines = new Map<string, VsphereMachine>();
  for (const machine of plan.machines.filter(({ name }) => made.test(name)))
    machines.set(machine.name, new VsphereMachine(
      {
        plan: machine,
        site: plan.site,
        datacenter,
        cards: [undefined, ...(machine.cards ?? []).map(({ network }) => network)].map((network) => ({
          networkId: datacenter.networkId(network),
          macAddress: macAddress(plan, machine, network),
        })),
        cloudInit: { metadata: "{}", userdata: "#cloud-config" },
        user: "groundwork",
        privateKey: "",
        hostKey: "",
        isReplaced: false,
        dependsOn: Promise.resolve([]),
      },
      { parent },
    ));
  const rules = plan.rules.filter((rule) => rule.machines.every((name) => machines.has(name)));
  new Placement("shop", { rules, datacenter, machines }, { parent });
};
`;

/** The site `shop` on the hosts of a test's datacenter; `more` is beside and in the place of what most tests describe. */
export function shop(lab: TestLab, more: Record<string, unknown> & { hypervisor?: object } = {}) {
  const { hypervisor, ...rest } = more;
  return {
    name: "shop",
    hypervisor: {
      kind: "vsphere",
      server: lab.center.server,
      datacenter: "DC0",
      cluster: "C0",
      template: "groundwork-node",
      network: "VM Network",
      allowUnverifiedSsl: true,
      ...hypervisor,
    },
    hosts: [1, 2, 3].map((n) => ({
      name: `esx-${n}`,
      cpus: 16,
      memoryGiB: 64,
      devices: ["a", "b"].map((x) => ({ id: `naa.5000c500${n}${x}`, capacityGiB: 400, datastore: `esx-${n}-${x}` })),
    })),
    network: {
      cidr: "10.0.42.0/24",
      gateway: "10.0.42.1",
      apiVip: "10.0.42.5",
      machines: "10.0.42.10-10.0.42.60",
      nameservers: ["10.0.42.3"],
    },
    kubernetes: { version: "1.36.3" },
    etcd: { systemDiskGiB: 20 },
    workers: [{ name: "general", count: 1, cpus: 2, memoryGiB: 4 }],
    ...rest,
  };
}

/** A project that makes the machines of a site whose names match. */
export async function shopProject(
  lab: TestLab,
  site: object,
  { machines, preflight = false, cloneMinutes }: { machines: string; preflight?: boolean; cloneMinutes?: number },
): Promise<Project> {
  return Project.create({
    files: {
      "Pulumi.yaml": JSON.stringify({ name: "project", runtime: ownRuntime, main: "index.ts" }),
      "index.ts": program,
    },
    plugins: [await vsphere()],
    env: lab.center.environment,
    config: {
      "groundwork:site": site,
      "groundwork:machines": machines,
      "groundwork:preflight": `${preflight}`,
      ...(cloneMinutes !== undefined && { "groundwork:cloneMinutes": `${cloneMinutes}` }),
    },
  });
}
