import { addressesOf, type Held, OWNERS, type Owner } from "../addresses";
import { capabilitiesOf } from "../hypervisors";
import { contains, overlap, parseRange, prefixLength, type Range } from "../ipv4";
import type { Problem } from "../problem";
import { requestMachines } from "../requests";
import { atMaximum } from "../scale";
import type { SiteSpec } from "../spec";

/** Blocks that no machine, pod or service can have (RFC 6890, RFC 5771). */
export const RESERVED: readonly [block: string, why: string][] = [
  ["0.0.0.0/8", "means this network, not an address in it"],
  ["127.0.0.0/8", "is loopback, which never leaves a machine"],
  ["169.254.0.0/16", "is link-local, which no router forwards"],
  ["224.0.0.0/4", "is multicast"],
  ["240.0.0.0/4", "is reserved"],
];

/** Who has an address for itself alone; what may have the same one all the same. */
const ALONE: Partial<Record<Owner, readonly Owner[]>> = {
  vip: ["balancer"],
  entry: [],
  server: ["server", "host", "balancer"],
};
/** What has its address in the machines' network. */
const IN_CLUSTER: readonly Owner[] = ["gateway", "vip", "server", "entry"];
/** The networks that machines have cards in. */
const NETWORKS: readonly Owner[] = ["cluster", "further"];
/** What cannot be on a host that vCenter knows: hosts run machines and nothing else. */
const NOT_ON_HOSTS: readonly Owner[] = [
  ...([
    "gateway",
    "nameserver",
    "timeServer",
    "balancer",
    "registry",
    "manifest",
    "proxy",
    "issuer",
    "receiver",
    "collector",
    "repository",
  ] as const),
];
/** What a machine of the site cannot be. */
const APART: readonly Owner[] = [
  "target",
  "registry",
  "manifest",
  "timeServer",
  "proxy",
  "receiver",
  "collector",
  "repository",
  "vcenter",
];

/** Every address and name that the description holds, against every other one. */
export function consistentAddresses(spec: SiteSpec): Problem[] {
  const { told, rest } = withoutReserved(addressesOf(spec));
  return [
    ...told,
    ...networks(rest),
    ...ranges(rest),
    ...edges(rest),
    ...inside(spec, rest),
    ...shared(spec, rest),
    ...names(spec, rest),
  ];
}

/** Addresses and names in a part of a description that no machine can have, whatever the rest of it says. */
export function impossibleAddresses(part: Partial<SiteSpec>): Problem[] {
  return withoutReserved(addressesOf(part)).told;
}

/** What lies in a reserved block, and all the rest. One line for a network is enough: none for each address in it. */
function withoutReserved(all: readonly Held[]): { told: Problem[]; rest: Held[] } {
  const outer = all.filter((one) => NETWORKS.includes(one.owner) && reservedBlock(one).length > 0);
  const inner = all.filter(({ owner, range }) => {
    return !NETWORKS.includes(owner) && range && outer.some((one) => within(one.range as Range, range));
  });
  const judged = all.filter((one) => !inner.includes(one)).map((one) => ({ one, problems: reservedBlock(one) }));
  return {
    told: judged.flatMap(({ problems }) => problems),
    rest: judged.filter(({ problems }) => problems.length === 0).map(({ one }) => one),
  };
}

function reservedBlock({ path, owner, text, range, kind }: Held): Problem[] {
  // A registry on every node itself is a usual one; vCenter is reached from where `up` runs, through a tunnel for one.
  const mayBeLocal = owner === "registry" || owner === "vcenter";
  if (kind === "name")
    return !mayBeLocal && /(^|\.)localhost$/i.test(text)
      ? [{ path, fact: `${text} is every machine's own name for itself`, fix: "use the name that machines know it by" }]
      : [];
  const found = RESERVED.find(([block]) => range && overlap(parseRange(block), range));
  if (!found) return [];
  const [block, why] = found;
  if (mayBeLocal && block === "127.0.0.0/8") return [];
  const example = kind === "network" ? "a private network, for example 10.0.42.0/24" : "an address that machines reach";
  const where = within(parseRange(block), range as Range) ? "is in" : "holds addresses of";
  return [{ path, fact: `${text} ${where} ${block}, which ${why}`, fix: `use ${example}` }];
}

/** The networks of machines, pods and services, and further ones, each apart from the others. */
function networks(all: readonly Held[]): Problem[] {
  const blocks = all.filter((one) => one.kind === "network");
  return blocks.flatMap((b, i) =>
    blocks
      .slice(0, i)
      .filter((a) => overlap(a.range as Range, b.range as Range))
      .map((a) => ({
        path: b.path,
        fact: `${b.text} overlaps ${a.path} ${a.text}`,
        fix: "use blocks that do not overlap",
      })),
  );
}

/** The range for Services has no address of the machines'. */
function ranges(all: readonly Held[]): Problem[] {
  const [exposed] = all.filter(({ owner }) => owner === "exposed");
  return all
    .filter(({ owner, range }) => owner === "machines" && exposed && overlap(range as Range, exposed.range as Range))
    .map(({ path, text }) => ({
      path: exposed?.path ?? "",
      fact: `${exposed?.text} meets ${path} ${text}, and a Service and a machine would get one address`,
      fix: "use a range that no machine's address is in",
    }));
}

/** A network's first address and its last one are nobody's. */
function edges(all: readonly Held[]): Problem[] {
  return all.filter(({ owner }) => NETWORKS.includes(owner)).flatMap((network) => edgesOf(network, all));
}

function edgesOf({ path: setting, text: cidr }: Held, all: readonly Held[]): Problem[] {
  if (prefixLength(cidr) >= 31) return [];
  const { first, last } = parseRange(cidr);
  return all.flatMap(({ path, text, range, kind }): Problem[] => {
    if (kind === "name" || kind === "network" || !range) return [];
    const isEdge = (edge: number) => range.first === edge || range.last === edge;
    const fact = (what: string) =>
      kind === "range"
        ? `${text} holds the ${what} address of ${setting} ${cidr}`
        : `${text} is the ${what} address of ${setting} ${cidr}`;
    const fix = kind === "range" ? "leave it out of the range" : "use an address between its first and its last one";
    if (isEdge(last)) return [{ path, fact: fact("broadcast"), fix }];
    return isEdge(first) ? [{ path, fact: fact("network"), fix }] : [];
  });
}

/** Single addresses inside the range that machines get theirs from, or inside pods' and services' networks. */
function inside({ hypervisor, network }: SiteSpec, all: readonly Held[]): Problem[] {
  const blocks = all.filter((one) => ["machines", "cards", "exposed", "pods", "services"].includes(one.owner));
  const net = parseRange(network.cidr);
  return all
    .filter((one) => one.kind === "address")
    .flatMap((one) =>
      blocks.flatMap((block): Problem[] => {
        const { path, text } = one;
        const range = block.range as Range;
        if (!contains(range, range.first) || !contains(range, (one.range as Range).first)) return [];
        // It is a Service's own; whether it lies there is `consistentGatewayApi`.
        if (block.owner === "exposed" && one.owner === "entry") return [];
        if (block.owner === "exposed")
          return [
            {
              path,
              fact: `${text} is inside ${block.path} ${block.text}, and a Service would get it`,
              fix: "use an address outside that range, or another range",
            },
          ];
        if (block.owner === "machines" || block.owner === "cards") {
          // Servers that exist have their addresses already: only a virtual address must stay away from the range.
          if (!capabilitiesOf(hypervisor.kind).makesMachines && one.owner !== "vip") return [];
          return [
            {
              path,
              fact: `${text} is inside ${block.path} ${block.text}, and a machine would get it`,
              fix: "use an address outside that range, or another range",
            },
          ];
        }
        // What belongs into the machines' network is told to be outside it, or that the networks overlap.
        if (IN_CLUSTER.includes(one.owner) || (overlap(net, range) && contains(net, (one.range as Range).first)))
          return [];
        return [
          {
            path,
            fact: `${text} is inside ${block.path} ${block.text}, which is for ${block.owner} alone`,
            fix: `use another ${block.path.replace("network.", "")}, or another address`,
          },
        ];
      }),
    );
}

/** Two things that cannot have one address or name. */
function shared({ hypervisor }: SiteSpec, all: readonly Held[]): Problem[] {
  const before = new Map<string, Held[]>();
  return all.flatMap((one) => {
    if (one.kind !== "address" && one.kind !== "name") return [];
    const key = one.text.toLowerCase();
    const earlier = before.get(key) ?? [];
    before.set(key, [...earlier, one]);
    return earlier
      .filter((other) => cannotShare(one, other, capabilitiesOf(hypervisor.kind).makesMachines))
      .slice(0, 1)
      .map((other) => ({
        path: one.path,
        fact:
          one.owner === other.owner
            ? `${one.text} is already listed at ${other.path}`
            : `${one.text} is ${OWNERS[other.owner]}, ${other.path}`,
        fix:
          one.owner === other.owner
            ? "list it once"
            : `give ${OWNERS[one.owner]} ${one.kind === "name" ? "a name" : "an address"} of its own`,
      }));
  });
}

function cannotShare(a: Held, b: Held, hostsOnlyHost: boolean): boolean {
  const either = (owner: Owner, others: readonly Owner[]) =>
    (a.owner === owner && others.includes(b.owner)) || (b.owner === owner && others.includes(a.owner));
  if (a.owner === b.owner) return ["nameserver", "timeServer"].includes(a.owner);
  if (either("host", ["target"]) || (hostsOnlyHost && either("host", NOT_ON_HOSTS))) return true;
  if (a.kind === "name") return either("server", APART);
  return (Object.entries(ALONE) as [Owner, readonly Owner[]][]).some(
    ([owner, others]) => (a.owner === owner || b.owner === owner) && !either(owner, others),
  );
}

/** Names that nothing outside the cluster knows, or that are the site's own machines. */
function names(spec: SiteSpec, all: readonly Held[]): Problem[] {
  const { domain } = spec.network;
  const { makesMachines } = capabilitiesOf(spec.hypervisor.kind);
  const machines = new Set(makesMachines ? requestMachines(atMaximum(spec)).map((r) => r.name) : []);
  return all.flatMap(({ path, owner, text, kind }): Problem[] => {
    if (kind !== "name" || ["domain", "served", "host", "server"].includes(owner)) return [];
    const name = text.toLowerCase();
    if (name.endsWith(`.svc.${domain}`) || name.endsWith(".svc"))
      return [
        {
          path,
          fact: `${text} is a service of the cluster, which only its pods can look up`,
          fix: "use a name of your own DNS, or its address",
        },
      ];
    // A balancer of a name is apart from what it balances, as one of an address is.
    return (APART.includes(owner) || owner === "balancer") && machines.has(name.split(".")[0] ?? "")
      ? [{ path, fact: `${text} is a machine of the site`, fix: `use ${OWNERS[owner]} apart from it` }]
      : [];
  });
}

function within(outer: Range, inner: Range): boolean {
  return contains(outer, inner.first) && contains(outer, inner.last);
}
