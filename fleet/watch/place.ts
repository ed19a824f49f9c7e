import { contains, fromNumber, parseRange } from "../../site/description/ipv4";
import type { Problem } from "../../site/description/problem";
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
    try {
      const { first, last } = parseRange(drills[key]);
      const by = next.first - old.first;
      if (!contains(old, first) || !contains(old, last)) fault(`${drills[key]} is not in ${from}`);
      else if (!contains(next, last + by)) fault(`${drills[key]} has no place in ${cidr}`);
      return key === "machines" ? `${fromNumber(first + by)}-${fromNumber(last + by)}` : fromNumber(first + by);
    } catch {
      fault(`${drills[key]} is no ${key === "machines" ? "range FIRST-LAST" : "address"}`);
      return "";
    }
  };
  const place = { machines: moved("machines"), apiVip: moved("apiVip") };
  return problems.length > 0 ? { problems } : place;
}
