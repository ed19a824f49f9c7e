import { contains, parseRange } from "../ipv4";
import type { Problem } from "../problem";
import { requestMachines } from "../requests";
import type { SiteSpec } from "../spec";

/** The range for Services of type LoadBalancer, and what it takes to answer for them. What it shares with others is `consistentAddresses`. */
export function consistentServiceAddresses(spec: SiteSpec): Problem[] {
  const { cidr, serviceAddresses } = spec.network;
  if (serviceAddresses === undefined) return [];
  const problems: Problem[] = [];
  const add = (fact: string, fix: string, path = "network.serviceAddresses") => problems.push({ path, fact, fix });
  const range = parseRange(serviceAddresses);
  const net = parseRange(cidr);
  if (range.first > range.last) add(`${serviceAddresses} runs backwards`, "write the lower address first");
  else if (!contains(net, range.first) || !contains(net, range.last))
    add(`${serviceAddresses} is not inside ${cidr}`, `use addresses of ${cidr}: others are announced to nobody`);
  if (!requestMachines(spec).some(({ role }) => role === "worker"))
    add("the site has no worker, and workers are what answers for them", "add workers, or leave it out");
  const { mode, ipvs } = spec.kubernetes.kubeProxy as { mode?: unknown; ipvs?: { strictARP?: unknown } };
  if (mode === "ipvs" && ipvs?.strictARP !== true)
    add(
      "it is not true, and with mode ipvs every node would answer for every address of network.serviceAddresses",
      "set it to true, or use another mode",
      "kubernetes.kubeProxy.ipvs.strictARP",
    );
  return problems;
}
