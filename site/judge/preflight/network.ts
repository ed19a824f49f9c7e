import type { Vcenter } from "../../description/hypervisors";
import { storedName } from "../../description/inventoryName";
import type { VcenterFacts, VcenterNetwork } from "../../facts/vcenter";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { ok, type PreflightLine, refused } from "./line";

/** A port group of the description, and where that names it. */
interface PortGroup extends Pick<Vcenter, "network" | "distributedSwitch"> {
  path: string;
}

/** The port groups, each on every host that machines with a card in it are planned on. */
export function networkLines({ machines }: SitePlan, wanted: Vcenter, facts: VcenterFacts): PreflightLine[] {
  const hosts = (planned: readonly MachinePlan[]) => new Set(planned.map(({ host }) => host));
  const further = (wanted.networks ?? []).map((network, index) => ({
    path: `hypervisor.networks[${index}]`,
    ...network,
  }));
  return [
    ...portGroupLines({ path: "hypervisor", ...wanted }, hosts(machines), facts),
    ...further.flatMap((network) => {
      const having = machines.filter(({ cards }) => cards?.some((card) => card.network === network.name));
      return portGroupLines(network, hosts(having), facts);
    }),
  ];
}

function portGroupLines(wanted: PortGroup, planned: ReadonlySet<string>, { networks, hosts }: VcenterFacts) {
  const path = `${wanted.path}.network`;
  const onSwitch = `${wanted.path}.distributedSwitch`;
  const { distributedSwitch } = wanted;
  const named = networks.filter(({ name }) => name === storedName(wanted.network));
  const fitting =
    distributedSwitch === undefined
      ? named
      : named.filter((network) => network.distributedSwitch === storedName(distributedSwitch));
  const [network, second] = fitting;
  if (!network && distributedSwitch !== undefined) {
    const switches = switchesOf(networks);
    return switches.includes(storedName(distributedSwitch))
      ? [
          refused(
            path,
            `distributed switch ${distributedSwitch} has no port group ${wanted.network}`,
            `name one of its port groups${elsewhere(named)}`,
          ),
        ]
      : [
          refused(
            onSwitch,
            `vCenter shows no distributed switch ${distributedSwitch} to this account`,
            switches.length > 0
              ? `use its name there: ${switches.join(", ")}`
              : "leave it out for a standard port group, or give the account the read-only role on the switch",
          ),
        ];
  }
  if (!network)
    return [
      refused(
        path,
        `vCenter shows no network ${wanted.network} to this account`,
        "name a port group, or give the account Network.Assign and the read-only role on it",
      ),
    ];
  if (second) {
    const switches = distributedSwitch === undefined ? switchesOf(fitting) : [];
    return [
      refused(
        path,
        `${fitting.length} networks are called ${wanted.network} (${fitting.map(described).join(", ")})`,
        switches.length > 0
          ? `name the switch of the one that is meant, ${onSwitch}: ${switches.join(" or ")}; or rename all but one of them`
          : "rename all but one of them",
      ),
    ];
  }
  const without = hosts.filter((host) => planned.has(host.name) && !host.networks.includes(network.id));
  return without.length === 0
    ? [ok(path, `${network.name} (${described(network)}) is on every host that gets machines`)]
    : without.map(({ name }) =>
        refused(
          path,
          `${name} has no port group ${network.name}`,
          network.distributedSwitch === undefined
            ? "make it there, by the same name and VLAN"
            : `add the host to distributed switch ${network.distributedSwitch}`,
        ),
      );
}

function described({ kind, distributedSwitch }: VcenterNetwork): string {
  return distributedSwitch === undefined ? kind : `${kind} on ${distributedSwitch}`;
}

function elsewhere(named: readonly VcenterNetwork[]): string {
  return named.length > 0 ? `; there is one of that name: ${named.map(described).join(", ")}` : "";
}

function switchesOf(networks: readonly VcenterNetwork[]): string[] {
  return [...new Set(networks.flatMap(({ distributedSwitch }) => distributedSwitch ?? []))].sort();
}
