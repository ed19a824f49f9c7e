import { type FurtherNetwork, furtherNetworks } from "../description/hypervisors";
import { prefixLength } from "../description/ipv4";
import { RESTORE_FILE, type Restore, restoreText } from "../life/restore";
import { sshHostKey } from "../pki/keys";
import { macAddress } from "../plan/macAddress";
import type { MachinePlan, SitePlan } from "../plan/model";
import { type Content, content } from "./content";
import { yaml } from "./yaml";

/** The two documents of cloud-init's VMware data source; both go into guestinfo in base64. */
export interface CloudInit {
  metadata: Content;
  userdata: Content;
}

/**
 * Name, address, the program's login and the SSH host key that later steps pin: all that a machine is told at birth. The host key
 * is the only secret in it, and cloud-init wipes the userdata from guestinfo once it has read it (S4).
 */
export function cloudInit(plan: SitePlan, machine: MachinePlan, restore?: Restore): CloudInit {
  const born = restore && machine.role === "etcd" ? restoring(restore) : "";
  return { metadata: [metadata(plan, machine)], userdata: content`${userdata(machine)}${born}` };
}

/** A member that is to start from a backup never starts empty. */
function restoring(restore: Restore): string {
  return yaml({ write_files: [{ path: RESTORE_FILE, permissions: "0600", content: restoreText(restore) }] });
}

function metadata(plan: SitePlan, machine: MachinePlan): string {
  const { cidr, gateway, nameservers } = plan.spec.network;
  return yaml({
    "instance-id": machine.name,
    "local-hostname": machine.name,
    "cleanup-guestinfo": ["userdata", "vendordata"],
    network: {
      version: 2,
      ethernets: {
        primary: {
          // The one thing that all of cloud-init's renderers understand: of a pattern of names all but netplan's make a name.
          match: { macaddress: macAddress(plan, machine) },
          "set-name": "eth0",
          dhcp4: false,
          addresses: [`${machine.address}/${prefixLength(cidr)}`],
          routes: [{ to: "0.0.0.0/0", via: gateway }],
          ...(nameservers.length > 0 && { nameservers: { addresses: nameservers } }),
        },
        ...Object.fromEntries(
          furtherNetworks(plan.spec.hypervisor).flatMap((network) => further(plan, machine, network)),
        ),
      },
    },
  });
}

/** A card in a further network: no route but to that, and no name servers. */
function further(plan: SitePlan, machine: MachinePlan, { name, cidr, mtu }: FurtherNetwork): [string, object][] {
  const card = machine.cards?.find(({ network }) => network === name);
  if (card === undefined) return [];
  return [
    [
      `secondary-${name}`,
      {
        match: { macaddress: macAddress(plan, machine, name) },
        "set-name": name,
        dhcp4: false,
        addresses: [`${card.address}/${prefixLength(cidr)}`],
        ...(mtu !== undefined && { mtu }),
      },
    ],
  ];
}

function userdata(machine: MachinePlan): Content {
  const host = sshHostKey(machine);
  return content`#cloud-config
hostname: ${machine.name}
preserve_hostname: false
manage_etc_hosts: localhost
package_update: false
package_upgrade: false
disable_root: true
ssh_pwauth: false
ssh_deletekeys: true
ssh_genkeytypes: []
ssh_keys:
  ed25519_private: ${{ secret: `openssh-key/${host}`, encoding: "json" }}
  ed25519_public: ${{ secret: `openssh-public-key/${host}`, encoding: "json" }}
users:
  - name: groundwork
    gecos: Groundwork
    shell: /bin/bash
    lock_passwd: true
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys:
      - ${{ secret: "openssh-public-key/ssh-access", encoding: "json" }}
`;
}
