// Registers whatever `resources.json` lists, with the ids that vCenter has for hosts and datastores.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "@pulumi/vsphere";

interface Listed {
  type: string;
  name: string;
  parent?: string;
  inputs: Record<string, unknown>;
  /** What a component registers at the end. */
  outputs?: pulumi.Inputs;
}

const { hypervisor, hosts, datastores, resources } = JSON.parse(readFileSync("resources.json", "utf8")) as {
  hypervisor: { datacenter: string; cluster: string; template: string; network: string; allowUnverifiedSsl: boolean };
  hosts: string[];
  datastores: string[];
  resources: Listed[];
};

const provider = new vsphere.Provider("vcenter", { allowUnverifiedSsl: hypervisor.allowUnverifiedSsl });
const invoke = { provider };
const datacenterId = vsphere.getDatacenterOutput({ name: hypervisor.datacenter }, invoke).id;
const cluster = vsphere.getComputeClusterOutput({ name: hypervisor.cluster, datacenterId }, invoke);
const template = vsphere.getVirtualMachineOutput({ name: hypervisor.template, datacenterId }, invoke);
const networkId = vsphere.getNetworkOutput({ name: hypervisor.network, datacenterId }, invoke).id;
const ids = new Map<string, pulumi.Output<string>>([
  ...hosts.map((name) => [`host-${name}`, vsphere.getHostOutput({ name, datacenterId }, invoke).id] as const),
  ...datastores.map(
    (name) => [`datastore-${name}`, vsphere.getDatastoreOutput({ name, datacenterId }, invoke).id] as const,
  ),
]);
const made = new Map<string, pulumi.Resource>();

class Any extends pulumi.CustomResource {}

class Component extends pulumi.ComponentResource {
  constructor({ type, name, outputs }: Listed, args: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super(type, name, args, opts);
    if (outputs !== undefined) this.registerOutputs(outputs);
  }
}

/** Names become ids: `host-…` and `datastore-…` vCenter's, `vm-…` that of a machine registered before. */
function resolved(value: unknown, prefix: string): unknown {
  if (typeof value === "string") {
    const machine = made.get(`${prefix}-${value.slice("vm-".length)}`);
    return value.startsWith("vm-") && machine instanceof Any ? machine.id : (ids.get(value) ?? value);
  }
  if (Array.isArray(value)) return value.map((part) => resolved(part, prefix));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolved(part, prefix)]));
}

/** What every virtual machine needs to be one, whatever the list says of it. */
const virtualMachine = {
  resourcePoolId: cluster.resourcePoolId,
  guestId: template.guestId,
  scsiType: template.scsiType,
  networkInterfaces: [{ networkId }],
  clone: { templateUuid: template.uuid },
  waitForGuestIpTimeout: 0,
  waitForGuestNetTimeout: 0,
  waitForGuestNetRoutable: false,
};

/** What names the ids of hosts and datastores is registered before a machine that lies on them, as in a site. */
function machineOf(prefix: string) {
  const datacenter = made.get(`${prefix}-datacenter`);
  const resourcePoolId = pulumi.all([cluster.resourcePoolId, datacenter?.urn]).apply(([id]) => id);
  return { ...virtualMachine, resourcePoolId };
}

for (const listed of resources) {
  const { type, name, parent, inputs } = listed;
  const prefix = name.slice(0, name.indexOf("-"));
  const args = resolved(inputs, prefix) as pulumi.Inputs;
  const opts = { parent: parent === undefined ? undefined : made.get(parent) };
  if (type.startsWith("groundwork:")) {
    made.set(name, new Component(listed, args, opts));
    continue;
  }
  const common = type.endsWith(":VirtualMachine") ? machineOf(prefix) : { computeClusterId: cluster.id };
  made.set(name, new Any(type, name, { ...common, ...args }, { ...opts, provider }));
}
