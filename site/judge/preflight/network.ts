import type { Vcenter } from "../../description/hypervisors";
import { storedName } from "../../description/inventoryName";
import type { VcenterFacts } from "../../facts/vcenter";
import type { SitePlan } from "../../plan/model";
import { ok, type PreflightLine, refused } from "./line";

const PATH = "hypervisor.network";

/** The port group, on every host that machines are planned on. */
export function networkLines(
  { machines }: SitePlan,
  wanted: Vcenter,
  { networks, hosts }: VcenterFacts,
): PreflightLine[] {
  const named = networks.filter(({ name }) => name === storedName(wanted.network));
  const [network, second] = named;
  if (!network)
    return [
      refused(
        PATH,
        `vCenter shows no network ${wanted.network} to this account`,
        "name a port group, or give the account Network.Assign and the read-only role on it",
      ),
    ];
  if (second)
    return [
      refused(
        PATH,
        `${named.length} networks are called ${wanted.network} (${named.map(({ kind }) => kind).join(", ")})`,
        "rename all but one of them",
      ),
    ];
  const planned = new Set(machines.map(({ host }) => host));
  const without = hosts.filter((host) => planned.has(host.name) && !host.networks.includes(network.id));
  return without.length === 0
    ? [ok(PATH, `${network.name} (${network.kind}) is on every host that gets machines`)]
    : without.map(({ name }) =>
        refused(PATH, `${name} has no port group ${network.name}`, "make it there, by the same name and VLAN"),
      );
}
