import { contains, fromNumber, overlap, parseRange } from "../../site/description/ipv4";
import type { Problem } from "../../site/description/problem";
import { addressRange, cidrv4, ipv4 } from "../../site/description/schema/addresses";
import type { Fleet } from "../file/schema";

/** What a drill needs of a fleet's file: where its machines lie in a site's own network. */
export interface DrillAddresses {
  machines: string;
  apiVip: string;
}

/**
 * The addresses of a site's drills: the same place in its network as `watch.drills` has in the defaults'.
 *
 * @param cidr the site's network
 */
export function drillAddresses(fleet: Fleet, cidr: string): DrillAddresses | { problems: Problem[] } {
  const { drills } = fleet.watch;
  const from = (fleet.defaults.network as { cidr?: unknown } | undefined)?.cidr;
  if (drills === undefined)
    return { problems: [{ path: "watch.drills", fact: "it is not there", fix: "say where and when drills are" }] };
  if (typeof from !== "string")
    return {
      problems: [{ path: "defaults.network.cidr", fact: "it is missing, and drills lie in it", fix: "name it" }],
    };
  const [old, next] = [parseRange(from), parseRange(cidr)];
  const problems: Problem[] = [];
  const moved = (key: "machines" | "apiVip"): string => {
    const fault = (fact: string) =>
      problems.push({ path: `watch.drills.${key}`, fact, fix: `name free addresses of ${from}` });
    const { first, last } = parseRange(drills[key]);
    const by = next.first - old.first;
    if (!contains(old, first) || !contains(old, last)) fault(`${drills[key]} is not in ${from}`);
    else if (!contains(next, last + by)) fault(`${drills[key]} has no place in ${cidr}`);
    return key === "machines" ? `${fromNumber(first + by)}-${fromNumber(last + by)}` : fromNumber(first + by);
  };
  const place = { machines: moved("machines"), apiVip: moved("apiVip") };
  return problems.length > 0 ? { problems } : place;
}

/** What is wrong with the addresses of drills in the defaults' network, whatever sites there are: a drill runs beside the site. */
export function drillPlaceProblems(fleet: Fleet): Problem[] {
  const { drills } = fleet.watch;
  const network = (fleet.defaults.network ?? {}) as Record<string, unknown>;
  const cidr = cidrv4.safeParse(network.cidr);
  if (drills === undefined || !cidr.success) return [];
  const [range, vip] = [parseRange(drills.machines), parseRange(drills.apiVip)];
  const problem = (key: "machines" | "apiVip", fact: string): Problem => ({
    path: `watch.drills.${key}`,
    fact: `${drills[key]} ${fact}`,
    fix: `name free addresses of ${cidr.data}`,
  });
  if (range.first > range.last) return [problem("machines", "runs backwards")];
  const place = drillAddresses(fleet, cidr.data);
  if ("problems" in place) return place.problems;
  const { nameservers } = network;
  const taken = [
    ...["machines", "serviceAddresses", "apiVip", "gateway"].map((key) => [key, network[key]]),
    ...(Array.isArray(nameservers) ? nameservers.map((one, i) => [`nameservers[${i}]`, one]) : []),
  ].flatMap(([key, value]) => {
    const read = ipv4.or(addressRange).safeParse(value);
    return read.success ? [{ told: `defaults.network.${key} ${read.data}`, range: parseRange(read.data) }] : [];
  });
  const met = (key: "machines" | "apiVip", own: typeof range) =>
    taken.filter((one) => overlap(one.range, own)).map(({ told }) => problem(key, `meets ${told}`));
  return [
    ...met("machines", range),
    ...met("apiVip", vip),
    ...(overlap(range, vip) ? [problem("apiVip", `is inside watch.drills.machines ${drills.machines}`)] : []),
  ];
}
