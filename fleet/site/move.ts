import { addressesOf, type Held } from "../../site/description/addresses";
import { contains, fromNumber, parseRange, prefixLength, type Range } from "../../site/description/ipv4";
import type { Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import type { Given } from "../pool/schema";

/** A text of a description that becomes another one. */
export interface Edit {
  /** As problems name it: `network.nameservers[0]`. */
  path: string;
  /** The address, range or network as it is written now, and what it becomes. */
  from: string;
  to: string;
}

/**
 * What of a description changes when the site lies in another network: every address inside the old one has the same place in the new
 * one, be it the gateway's, the virtual one, the machines' range, a name server's or a registry's. In a shared network the site's own
 * part of it is given.
 */
export function moveTo(spec: SiteSpec, given: Given): { edits: Edit[]; problems: Problem[] } {
  const [old, next] = [parseRange(spec.network.cidr), parseRange(given.cidr)];
  const edges: Range[] = prefixLength(given.cidr) < 31 ? [{ first: next.last, last: next.last }] : [];
  const named: Record<string, string | undefined> = {
    "network.cidr": given.cidr,
    "network.gateway": given.gateway,
    "network.apiVip": given.apiVip,
    "network.machines": given.machines,
    "network.serviceAddresses": given.serviceAddresses,
  };
  const edits: Edit[] = [];
  const problems: Problem[] = [];
  for (const held of addressesOf(spec)) {
    // In a shared network there is no place but what is given: what was free beside one site may be another's.
    if (held.owner === "exposed" && given.machines !== undefined && given.serviceAddresses === undefined) {
      problems.push({
        path: held.path,
        fact: `the pool keeps no addresses of ${given.cidr} for Services, and ${held.text} may be another site's there`,
        fix: "set serviceAddresses of the segment in the pool file, or leave the range out of the description",
      });
      continue;
    }
    const to = named[held.path] ?? moved(held, old, next);
    if (to === undefined || to === held.text) continue;
    const range = parseRange(to);
    const fits = contains(next, range.first) && contains(next, range.last);
    if (fits && (held.kind === "network" || !edges.some((edge) => contains(edge, range.last))))
      edits.push({ path: held.path, from: held.text, to });
    else
      problems.push({
        path: held.path,
        fact: `${held.text} has no place in ${given.cidr}, which is smaller than ${spec.network.cidr}`,
        fix: `pass --set ${held.path}=${held.kind === "range" ? "FIRST-LAST" : "ADDRESS"}, or a larger network`,
      });
  }
  return { edits, problems };
}

/** Undefined for what lies elsewhere. */
function moved({ owner, kind, range }: Held, old: Range, next: Range): string | undefined {
  if (range === undefined || kind === "network" || owner === "vcenter" || owner === "host") return undefined;
  if (!contains(old, range.first) || !contains(old, range.last)) return undefined;
  const by = next.first - old.first;
  const first = fromNumber(range.first + by);
  return kind === "range" ? `${first}-${fromNumber(range.last + by)}` : first;
}
