import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "../../../sdks/vsphere";
import { type HypervisorOf, templateOn } from "../../../site/description/hypervisors";
import { patternOf } from "../../../site/description/inventoryName";
import { formatProblem } from "../../../site/description/problem";
import type { SharedStorage } from "../../../site/description/spec";
import { hardwareOf } from "../../../site/plan/hardware";
import type { SitePlan } from "../../../site/plan/model";
import { vcenterProblem } from "./vcenterProblem";

/** Who signs in to vCenter. */
export interface VsphereCredentials {
  user: pulumi.Input<string>;
  password: pulumi.Input<string>;
}

export interface DatacenterArgs {
  plan: SitePlan;
  hypervisor: HypervisorOf<"vsphere">;
  credentials: VsphereCredentials;
}

/** Minutes that one change of a machine may take: a data disk is written in full, beside others on the same device. */
const API_MINUTES = 60;

/** The least that a copy of the template is waited for, in minutes: the provider's own default. */
const LEAST_CLONE_MINUTES = 30;
/** GiB in a minute that are copied from host to host, all copies together: a network of 1 Gbit/s, half used. */
const COPIED_PER_MINUTE = 3;

/** How long copies of a template may take that are all made at once, in minutes. Disks' sizes are in GiB. */
export function cloneMinutes(machines: number, disks: readonly { size: number }[]): number {
  const sizeGiB = disks.reduce((sum, { size }) => sum + size, 0);
  return Math.max(LEAST_CLONE_MINUTES, Math.ceil((machines * sizeGiB) / COPIED_PER_MINUTE));
}

/** What every virtual machine of the site refers to, asked of vCenter once: hosts, datastores, network, template. */
export class Datacenter extends pulumi.ComponentResource {
  readonly provider: vsphere.Provider;
  readonly clusterId: pulumi.Output<string>;
  readonly resourcePoolId: pulumi.Output<string>;
  readonly folder?: string;
  private readonly shared: ReadonlyMap<string, SharedStorage["kind"]>;
  private readonly hosts: Record<string, pulumi.Output<string>>;
  private readonly datastores: Record<string, pulumi.Output<string>>;
  private readonly plan: SitePlan;
  private readonly templates = new Map<string, pulumi.Output<vsphere.GetVirtualMachineResult>>();
  private readonly network: pulumi.Output<string>;
  private readonly networks: Record<string, pulumi.Output<string>> = {};

  constructor(name: string, args: DatacenterArgs, opts: pulumi.ComponentResourceOptions) {
    const { hypervisor, credentials, plan } = args;
    const provider = new vsphere.Provider(
      name,
      {
        vsphereServer: hypervisor.server,
        user: credentials.user,
        password: credentials.password,
        allowUnverifiedSsl: hypervisor.allowUnverifiedSsl,
        apiTimeout: API_MINUTES,
      },
      { parent: opts.parent },
    );
    const invoke = { provider };
    const vcenter = new Inquiry(hypervisor);
    const datacenterId = vcenter.ask("hypervisor.datacenter", `datacenter ${hypervisor.datacenter}`, async () => {
      return (await vsphere.getDatacenter({ name: patternOf(hypervisor.datacenter) }, invoke)).id;
    });
    const hosts: Record<string, pulumi.Output<string>> = {};
    const datastores: Record<string, pulumi.Output<string>> = {};
    const devices: Record<string, string> = {};
    const hardware = hardwareOf(plan.spec);
    for (const { name } of hardware.hosts) {
      hosts[name] = pulumi.output(
        vcenter.ask("hosts", `host ${name}`, async () => {
          return (await vsphere.getHost({ name, datacenterId: await datacenterId }, invoke)).id;
        }),
      );
    }
    for (const device of hardware.devices) {
      for (const name of device.datastores) {
        datastores[name] = pulumi.output(
          vcenter.ask("hosts", `datastore ${name} of device ${device.id}`, async () => {
            return (await vsphere.getDatastore({ name: patternOf(name), datacenterId: await datacenterId }, invoke)).id;
          }),
        );
        devices[name] = device.id;
      }
    }

    // The ids go in as arguments: a policy that sees a virtual machine's host and datastore ids can tell whose they are.
    super("groundwork:index:Datacenter", name, { hosts, datastores, devices }, opts);
    this.provider = provider;
    this.hosts = hosts;
    this.datastores = datastores;
    this.folder = hypervisor.folder;
    this.shared = new Map(plan.spec.sharedStorage.map(({ id, kind }) => [id, kind]));
    const cluster = pulumi.output(
      vcenter.ask("hypervisor.cluster", `cluster ${hypervisor.cluster}`, async () =>
        vsphere.getComputeCluster({ name: patternOf(hypervisor.cluster), datacenterId: await datacenterId }, invoke),
      ),
    );
    this.clusterId = cluster.id;
    this.resourcePoolId = cluster.resourcePoolId;
    const portGroup = (path: string, of: PortGroup) =>
      pulumi.output(portGroupId(vcenter, path, of, datacenterId, invoke));
    this.network = portGroup("hypervisor", hypervisor);
    for (const [i, network] of (hypervisor.networks ?? []).entries())
      this.networks[network.name] = portGroup(`hypervisor.networks[${i}]`, network);
    // Only those that machines are made from: a host that is gone may have taken its copy along.
    for (const { host } of plan.machines) {
      const name = templateOn(plan.spec, host) ?? hypervisor.template;
      if (this.templates.has(name)) continue;
      const copy = plan.spec.hosts.findIndex(({ template }) => template === name);
      const path = name === hypervisor.template ? "hypervisor.template" : `hosts[${copy}].template`;
      const template = vcenter.ask(path, `template ${name}`, async () =>
        vsphere.getVirtualMachine({ name: patternOf(name), datacenterId: await datacenterId }, invoke),
      );
      this.templates.set(name, pulumi.output(template));
    }
    this.plan = plan;
    this.registerOutputs({ clusterId: this.clusterId });
  }

  /** The managed object id of a host of the plan. */
  hostId(name: string): pulumi.Output<string> {
    return this.named(this.hosts[name], `host ${name}`);
  }

  /** The managed object id of the machines' network, or of a further one. */
  networkId(further?: string): pulumi.Output<string> {
    if (further === undefined) return this.network;
    const id = this.networks[further];
    if (id === undefined)
      throw new pulumi.RunError(`hypervisor.networks: ${further} is used by the plan but not listed; add it`);
    return id;
  }

  /** The template that machines on a host are cloned from. */
  template(host: string): pulumi.Output<vsphere.GetVirtualMachineResult> {
    const template = this.templates.get(templateOn(this.plan.spec, host) ?? "");
    if (template === undefined)
      throw new pulumi.RunError(`hosts: ${host} gets a machine and is not listed; add it to the hosts`);
    return template;
  }

  /** How long all copies of the template may take that machines on a host are cloned from, in minutes. */
  cloneMinutes(host: string): pulumi.Output<number> {
    return this.template(host).disks.apply((disks) => cloneMinutes(this.plan.machines.length, disks));
  }

  /** Whether several hosts see a device, so that a machine on it may run on each of them. */
  isShared(device: string): boolean {
    return this.shared.has(device);
  }

  /** Whether disks on a device are written in full if that is asked for. NFS and vSAN give what they are set to give. */
  writesInFull(device: string): boolean {
    const kind = this.shared.get(device);
    return kind === undefined || kind === "san";
  }

  /** The managed object id of a datastore of the plan. */
  datastoreId(name: string): pulumi.Output<string> {
    return this.named(this.datastores[name], `datastore ${name}`);
  }

  /** Once this is registered, so that policies know whose an id is before they see what lies there. */
  private named(id: pulumi.Output<string> | undefined, what: string): pulumi.Output<string> {
    if (id === undefined)
      throw new pulumi.RunError(`hosts: ${what} is used by the plan but not listed; add it to the hosts`);
    return pulumi.all([id, this.urn]).apply(([known]) => known);
  }
}

type PortGroup = Pick<HypervisorOf<"vsphere">, "network" | "distributedSwitch">;

/** The id of a port group. Several may have one name, on switches of their own. */
async function portGroupId(
  vcenter: Inquiry,
  path: string,
  { network, distributedSwitch }: PortGroup,
  datacenter: Promise<string>,
  invoke: pulumi.InvokeOptions,
): Promise<string> {
  const distributedVirtualSwitchUuid =
    distributedSwitch &&
    (await vcenter.ask(`${path}.distributedSwitch`, `distributed switch ${distributedSwitch}`, async () => {
      const name = patternOf(distributedSwitch);
      return (await vsphere.getDistributedVirtualSwitch({ name, datacenterId: await datacenter }, invoke)).id;
    }));
  const of = distributedSwitch === undefined ? "" : ` of distributed switch ${distributedSwitch}`;
  return vcenter.ask(`${path}.network`, `network ${network}${of}`, async () => {
    const name = patternOf(network);
    const datacenterId = await datacenter;
    return (await vsphere.getNetwork({ name, datacenterId, distributedVirtualSwitchUuid }, invoke)).id;
  });
}

/** Questions to a vCenter. What it cannot answer is told once each, in the words of the site's description. */
class Inquiry {
  private readonly told = new Map<string, pulumi.RunError>();

  constructor(private readonly hypervisor: HypervisorOf<"vsphere">) {}

  async ask<T>(path: string, subject: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (pulumi.RunError.isInstance(error)) throw error;
      const text = formatProblem(vcenterProblem({ path, subject }, this.hypervisor, error));
      const known = this.told.get(text);
      if (known) throw known;
      const problem = new pulumi.RunError(text);
      // Pulumi puts the names of all properties that wait for an answer before the message of its error.
      Object.defineProperty(problem, "message", { get: () => text, set: () => {} });
      this.told.set(text, problem);
      throw problem;
    }
  }
}
