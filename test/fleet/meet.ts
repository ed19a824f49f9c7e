import { parse } from "yaml";
import { siteIn } from "../../cli/input/document";
import { parseSite } from "../../site/description/parse";
import { macAddress } from "../../site/plan/macAddress";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";

const number = (address: string) => address.split(".").reduce((all, octet) => all * 256 + Number(octet), 0);

function networkOf(cidr: string): [first: number, last: number] {
  const [address = "", length = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number(address) / size) * size;
  return [first, first + size - 1];
}

/** A stack file's plan, whatever it lacks of its backups. */
export function planOf(text: string): SitePlan {
  const { backup: _, ...site } = siteIn(parse(text)) as Record<string, unknown>;
  return planSite(parseSite(site));
}

/**
 * Whether sites meet, told from their stack files alone and with arithmetic of its own: a sentence for each pair that does, and for each
 * site that lies outside its own network.
 */
export function meetingsIn(texts: readonly string[]): string[] {
  const sites = texts.map(planOf).map((plan) => {
    const { network, hypervisor } = plan.spec;
    const [first, last] = networkOf(network.cidr);
    return {
      name: plan.site,
      first,
      last,
      gateway: network.gateway,
      vip: plan.vip,
      addresses: plan.machines.map(({ address }) => address),
      ranges: [network.machines, ...(network.serviceAddresses ? [network.serviceAddresses] : [])].map(
        (range) => range.split("-").map(number) as [number, number],
      ),
      macs: hypervisor.kind === "vsphere" ? plan.machines.map((machine) => macAddress(plan, machine)) : [],
    };
  });
  const found: string[] = [];
  for (const site of sites)
    for (const address of [...site.addresses, site.gateway, ...(site.vip ? [site.vip] : [])])
      if (number(address) <= site.first || number(address) >= site.last)
        found.push(`${site.name} ${address} is outside`);
  for (const [i, a] of sites.entries())
    for (const b of sites.slice(i + 1)) {
      const told = (what: string) => found.push(`${a.name} and ${b.name}: ${what}`);
      if (a.name === b.name) told("name");
      const same = a.first === b.first && a.last === b.last;
      if (!same && a.first <= b.last && b.first <= a.last) told("networks");
      if (same && a.ranges.some((one) => b.ranges.some((other) => one[0] <= other[1] && other[0] <= one[1])))
        told("ranges");
      const own = (site: typeof a) => [...site.addresses, ...(site.vip ? [site.vip] : [])];
      for (const address of own(a)) if (own(b).includes(address)) told(address);
      if (same && a.vip && b.vip && a.vip.split(".")[3] === b.vip.split(".")[3]) told("VRRP id");
      for (const mac of a.macs) if (b.macs.includes(mac)) told(mac);
    }
  return found;
}
