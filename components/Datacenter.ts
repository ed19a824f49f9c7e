import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "@pulumi/vsphere";
import { inventoryOf } from "../site/inventory";
import type { SitePlan } from "../site/plan";
import type { SiteSpec } from "../site/spec";

export type VsphereSpec = Extract<SiteSpec["hypervisor"], { kind: "vsphere" }>;

/** Who signs in to vCenter. */
export interface VsphereCredentials {
  user: pulumi.Input<string>;
  password: pulumi.Input<string>;
}

export interface DatacenterArgs {
  plan: SitePlan;
  hypervisor: VsphereSpec;
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
    const datacenterId = vsphere.getDatacenterOutput({ name: hypervisor.datacenter }, invoke).id;
    const hosts: Record<string, pulumi.Output<string>> = {};
    const datastores: Record<string, pulumi.Output<string>> = {};
    const devices: Record<string, string> = {};
    const inventory = inventoryOf(plan.spec);
    for (const { name } of inventory.hosts) {
      hosts[name] = vsphere.getHostOutput({ name, datacenterId }, invoke).id;
    }
    for (const device of inventory.devices) {
      for (const name of device.datastores) {
        datastores[name] = vsphere.getDatastoreOutput({ name, datacenterId }, invoke).id;
        devices[name] = device.id;
      }
    }

    // The ids go in as arguments: a policy that sees a virtual machine's host and datastore ids can tell whose they are.
    super("groundwork:index:Datacenter", name, { hosts, datastores, devices }, opts);
    this.provider = provider;
    this.hosts = hosts;
    this.datastores = datastores;
    this.folder = hypervisor.folder;
    const cluster = vsphere.getComputeClusterOutput({ name: hypervisor.cluster, datacenterId }, invoke);
    this.clusterId = cluster.id;
    this.resourcePoolId = cluster.resourcePoolId;
    this.networkId = vsphere.getNetworkOutput({ name: hypervisor.network, datacenterId }, invoke).id;
    this.template = vsphere.getVirtualMachineOutput({ name: hypervisor.template, datacenterId }, invoke);
    this.registerOutputs({ clusterId: this.clusterId });
  }

  /** The managed object id of a host of the plan. */
  hostId(name: string): pulumi.Output<string> {
    return known(this.hosts[name], `host ${name}`);
  }

  /** The managed object id of a datastore of the plan. */
  datastoreId(name: string): pulumi.Output<string> {
    return known(this.datastores[name], `datastore ${name}`);
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new pulumi.RunError(`hosts: ${what} is used by the plan but not listed; add it to the inventory`);
  }
  return value;
}
