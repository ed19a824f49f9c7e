import * as pulumi from "@pulumi/pulumi";
import type { VirtualMachineArgs } from "../../../sdks/vsphere";
import type { HypervisorOf } from "../../../site/description/hypervisors";
import { isReplaced } from "../../../site/life/applied";
import { sshHostKey } from "../../../site/pki/keys";
import { macAddress } from "../../../site/plan/macAddress";
import { cloudInit } from "../../../site/render/cloudInit";
import type { Transform } from "../../Transform";
import type { HypervisorContract } from "../contract";
import { Datacenter, type VsphereCredentials } from "./Datacenter";
import { Placement, type PlacementTransforms } from "./Placement";
import { VsphereMachine } from "./VsphereMachine";

export interface VsphereAccess {
  /** Who signs in to vCenter; needed for `hypervisor.kind: vsphere`. */
  credentials: VsphereCredentials;
}

/** The ways round what is decided for virtual machines, by kind of resource. */
export interface VsphereTransforms extends PlacementTransforms {
  virtualMachine?: Transform<VirtualMachineArgs>;
}

/** The login that cloud-init makes. */
const user = "groundwork";

/** Virtual machines of a vCenter: cloned from the site's template, kept in their places by DRS rules. */
export const vsphere: HypervisorContract<HypervisorOf<"vsphere">, VsphereAccess, VsphereTransforms> = {
  access(config) {
    // Else from the environment variables that every vSphere tool knows.
    const name = config.get("vsphereUser") ?? process.env.VSPHERE_USER;
    const password = config.getSecret("vspherePassword") ?? pulumi.secret(process.env.VSPHERE_PASSWORD ?? "");
    if (!name || (!config.get("vspherePassword") && !process.env.VSPHERE_PASSWORD))
      throw new pulumi.RunError(
        "hypervisor: no vCenter user or password; set VSPHERE_USER and VSPHERE_PASSWORD, or run " +
          "`pulumi config set vsphereUser NAME` and `pulumi config set --secret vspherePassword`",
      );
    return { credentials: { user: name, password } };
  },

  login: (_access, pki) => pki.value("openssh-key/ssh-access"),

  machines({ plan, hypervisor, access, sshPrivateKey, pki, sequence, applied, restore, booted, transform, parent }) {
    const { credentials } = access;
    if (credentials === undefined)
      throw new pulumi.ResourceError("credentials: vCenter needs a user and a password; give both", parent, true);
    const child = { parent };
    const datacenter = new Datacenter(plan.site, { plan, hypervisor, credentials }, child);
    const machines = new Map<string, VsphereMachine>();
    for (const machine of plan.machines) {
      const { metadata, userdata } = cloudInit(plan, machine, restore);
      const virtualMachine = new VsphereMachine(
        {
          plan: machine,
          site: plan.site,
          datacenter,
          cards: [undefined, ...(machine.cards ?? []).map(({ network }) => network)].map((network) => ({
            networkId: datacenter.networkId(network),
            macAddress: macAddress(plan, machine, network),
          })),
          cloudInit: { metadata: pki.filled(metadata), userdata: pki.filled(userdata) },
          user,
          privateKey: sshPrivateKey,
          hostKey: pki.value(`openssh-public-key/${sshHostKey(machine)}`),
          isReplaced: isReplaced(plan, machine, applied),
          dependsOn: sequence.before(machine.name),
          booted: booted && (() => booted(machine)),
          transform: transform?.virtualMachine,
        },
        child,
      );
      machines.set(machine.name, virtualMachine);
    }
    new Placement(`${plan.site}-placement`, { rules: plan.rules, datacenter, machines, transform }, child);
    return machines;
  },
};
