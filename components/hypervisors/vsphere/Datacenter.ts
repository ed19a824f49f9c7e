import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "../../../sdks/vsphere";
import type { HypervisorOf } from "../../../site/description/hypervisors";
import { formatProblem } from "../../../site/description/problem";
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

/** What every virtual machine of the site refers to, asked of vCenter once: hosts, datastores, network, template. */
export class Datacenter extends pulumi.ComponentResource {
  readonly provider: vsphere.Provider;
  readonly clusterId: pulumi.Output<string>;
  readonly resourcePoolId: pulumi.Output<string>;
  readonly networkId: pulumi.Output<string>;
  readonly template: pulumi.Output<vsphere.GetVirtualMachineResult>;
  readonly folder?: string;
  private readonly hosts: Record<string, pulumi.Output<string>>;
  private readonly datastores: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: DatacenterArgs, opts: pulumi.ComponentResourceOptions) {
    const { hypervisor, credentials, plan } = args;
    const provider = new vsphere.Provider(
      name,
      {
        vsphereServer: hypervisor.server,
        user: credentials.user,
        password: credentials.password,
        allowUnverifiedSsl: hypervisor.allowUnverifiedSsl,
      },
      { parent: opts.parent },
    );
    const invoke = { provider };
    const vcenter = new Inquiry(hypervisor);
    const datacenterId = vcenter.ask("hypervisor.datacenter", `datacenter ${hypervisor.datacenter}`, async () => {
      return (await vsphere.getDatacenter({ name: hypervisor.datacenter }, invoke)).id;
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
            return (await vsphere.getDatastore({ name, datacenterId: await datacenterId }, invoke)).id;
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
    const cluster = pulumi.output(
      vcenter.ask("hypervisor.cluster", `cluster ${hypervisor.cluster}`, async () =>
        vsphere.getComputeCluster({ name: hypervisor.cluster, datacenterId: await datacenterId }, invoke),
      ),
    );
    this.clusterId = cluster.id;
    this.resourcePoolId = cluster.resourcePoolId;
    this.networkId = pulumi.output(
      vcenter.ask("hypervisor.network", `network ${hypervisor.network}`, async () => {
        return (await vsphere.getNetwork({ name: hypervisor.network, datacenterId: await datacenterId }, invoke)).id;
      }),
    );
    this.template = pulumi.output(
      vcenter.ask("hypervisor.template", `template ${hypervisor.template}`, async () =>
        vsphere.getVirtualMachine({ name: hypervisor.template, datacenterId: await datacenterId }, invoke),
      ),
    );
    this.registerOutputs({ clusterId: this.clusterId });
  }

  /** The managed object id of a host of the plan. */
  hostId(name: string): pulumi.Output<string> {
    return this.named(this.hosts[name], `host ${name}`);
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
