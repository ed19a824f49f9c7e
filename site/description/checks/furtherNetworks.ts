import { vcenterOf } from "../hypervisors";
import { contains, parseRange, size } from "../ipv4";
import type { Problem } from "../problem";
import { requestMachines } from "../requests";
import { atMaximum, atMaximumWords } from "../scale";
import type { SiteSpec } from "../spec";

/** Further networks: each of a name of its own, its addresses inside it, and enough of them. */
export function consistentFurtherNetworks(spec: SiteSpec): Problem[] {
  const networks = vcenterOf(spec.hypervisor)?.networks ?? [];
  return networks.flatMap(({ name, cidr, machines, roles }, index): Problem[] => {
    const path = `hypervisor.networks[${index}]`;
    const earlier = networks.findIndex((other) => other.name === name);
    const range = parseRange(machines);
    const block = parseRange(cidr);
    const wanted = requestMachines(atMaximum(spec)).filter(({ role }) => roles.includes(role)).length;
    const add = (key: string, fact: string, fix: string) => ({ path: `${path}.${key}`, fact, fix });
    return [
      ...(earlier < index
        ? [add("name", `${name} is hypervisor.networks[${earlier}], too`, "give each network a name of its own")]
        : []),
      ...(range.first > range.last
        ? [add("machines", `${machines} runs backwards`, "write the lower address first")]
        : !contains(block, range.first) || !contains(block, range.last)
          ? [add("machines", `${machines} is not inside ${cidr}`, `use addresses of ${cidr}`)]
          : size(range) < wanted
            ? [
                add(
                  "machines",
                  `${machines} holds ${size(range)} addresses for ${wanted} machines${atMaximumWords(spec)}`,
                  "use a larger range, or fewer roles",
                ),
              ]
            : []),
    ];
  });
}
