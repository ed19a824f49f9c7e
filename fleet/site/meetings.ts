import { contains, overlap, type Range, toNumber } from "../../site/description/ipv4";
import type { Problem } from "../../site/description/problem";
import { virtualRouterId } from "../../site/plan/virtualRouter";
import type { Holding } from "./holding";

/**
 * Where sites meet that may not: networks that overlap without being one and the same, addresses, virtual addresses and VRRP ids in one
 * network, MAC addresses anywhere. Each is told of the later site; of sites that were there before, only what new ones do to them.
 *
 * @param known sites whose meetings among themselves are not asked about
 */
export function meetings(sites: readonly Holding[], known: readonly Holding[] = []): Problem[] {
  const all = [...known, ...sites];
  const order = new Map(all.map((one, i) => [one, i]));
  const isNew = new Set(sites);
  const byNetwork = [...all].sort((a, b) => a.network.first - b.network.first);
  const found: { at: number; problem: Problem }[] = [];
  const tell = (a: Holding, b: Holding, of: (later: Holding, earlier: Holding) => Problem[]) => {
    if (a.site === b.site || !(isNew.has(a) || isNew.has(b))) return;
    const [earlier, later] = (order.get(a) as number) < (order.get(b) as number) ? [a, b] : [b, a];
    for (const problem of of(later, earlier)) found.push({ at: order.get(later) as number, problem });
  };
  // Sorted by their first address, those that overlap one follow it until one begins behind its end.
  byNetwork.forEach((one, i) => {
    for (let j = i + 1; j < byNetwork.length; j++) {
      const other = byNetwork[j] as Holding;
      if (other.network.first > one.network.last) break;
      tell(one, other, inNetwork);
    }
  });
  const owners = new Map<string, Holding>();
  for (const one of all)
    for (const mac of one.macs) {
      const owner = owners.get(mac);
      if (owner === undefined) owners.set(mac, one);
      else tell(owner, one, (later, earlier) => [sameMac(mac, later, earlier)]);
    }
  return found.sort((a, b) => a.at - b.at).map(({ problem }) => problem);
}

function inNetwork(later: Holding, earlier: Holding): Problem[] {
  const problem = (setting: string, fact: string, fix: string) => ({ path: `${later.where} ${setting}`, fact, fix });
  const [own, other] = [later.network, earlier.network];
  if (own.first !== other.first || own.last !== other.last)
    return [
      problem(
        "network.cidr",
        `${own.cidr} overlaps ${other.cidr} of ${earlier.site}`,
        "give the site a network of its own, or the very same one",
      ),
    ];
  const problems: Problem[] = [];
  const taken = rangesOf(earlier);
  const parts = {
    "network.machines": later.addresses,
    "network.serviceAddresses": later.services ? [later.services] : [],
  };
  for (const [setting, ranges] of Object.entries(parts))
    if (ranges.some((a) => taken.some((b) => overlap(a, b))))
      problems.push(
        problem(
          setting,
          `some of these addresses are ${earlier.site}'s, in the same network ${other.cidr}`,
          "use addresses that no other site has",
        ),
      );
  const { vip } = later;
  if (vip !== undefined && taken.some((range) => contains(range, toNumber(vip))))
    problems.push(problem("network.apiVip", `${vip} is among the addresses of ${earlier.site}`, "use another address"));
  const before = earlier.vip;
  if (before === undefined) return problems;
  for (const [setting, ranges] of Object.entries(parts))
    if (ranges.some((range) => contains(range, toNumber(before))))
      problems.push(
        problem(setting, `${before} among them is the API's virtual address of ${earlier.site}`, "use others"),
      );
  if (vip !== undefined && virtualRouterId(vip) === virtualRouterId(before))
    problems.push(
      problem(
        "network.apiVip",
        vip === before
          ? `${vip} is the API's virtual address of ${earlier.site}, too`
          : `${vip} and ${before} of ${earlier.site} have one VRRP id in one network, ${virtualRouterId(vip)}`,
        "use an address whose last number no other site's has there",
      ),
    );
  return problems;
}

function rangesOf({ addresses, services }: Holding): Range[] {
  return services ? [...addresses, services] : addresses;
}

function sameMac(mac: string, later: Holding, earlier: Holding): Problem {
  return {
    path: `${later.where} hypervisor.macSeed`,
    fact: `a machine would have the MAC address ${mac} of one of ${earlier.site}`,
    fix: `set it to ${later.site}/2, or another number`,
  };
}
