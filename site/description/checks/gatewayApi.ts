import { addressesOf, OWNERS, type Owner } from "../addresses";
import { isWithin } from "../gatewayApi";
import { contains, parseRange } from "../ipv4";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** Whom clients or machines know by a name, and whom a certificate from inside the cluster must not be able to stand for. */
const TRUSTED: readonly Owner[] = ["issuer", "balancer", "vcenter", "registry", "repository", "manifest", "proxy"];

/** An address that nobody answers for, a domain that is somebody else's, and Gateways that could be nowhere. */
export function consistentGatewayApi(spec: SiteSpec): Problem[] {
  const { gatewayApi } = spec.addons;
  if (gatewayApi === undefined) return [];
  const { address, domain } = gatewayApi;
  const { serviceAddresses, domain: cluster } = spec.network;
  const problems: Problem[] = [];
  const add = (path: string, fact: string, fix: string) =>
    problems.push({ path: `addons.gatewayApi${path}`, fact, fix });
  if (serviceAddresses === undefined)
    add(
      ".address",
      "nobody answers for it: the site has no range for Services",
      "set network.serviceAddresses to a range that holds it",
    );
  else if (!contains(parseRange(serviceAddresses), parseRange(address).first))
    add(
      ".address",
      `${address} is outside network.serviceAddresses ${serviceAddresses}, and nobody answers for it`,
      "use an address of that range",
    );
  if (isWithin(cluster, domain) || isWithin(domain, cluster))
    add(
      ".domain",
      `${domain} and network.domain ${cluster} lie in each other, and a certificate could stand for the cluster's own names`,
      "use a domain of your own DNS, for example apps.store.example",
    );
  for (const { path, owner, text, kind } of addressesOf(spec))
    if (kind === "name" && TRUSTED.includes(owner) && isWithin(domain, text))
      add(
        ".domain",
        `${OWNERS[owner]}, ${path} ${text}, is in ${domain}, and who may issue certificates in the cluster could stand for it`,
        "use a domain for what the cluster serves alone, for example apps.store.example",
      );
  if ((spec.namespaces ?? []).length === 0)
    add(
      "",
      "the description has no namespaces, and Gateways and routes are read in those alone",
      "describe the namespaces of what is to be reached",
    );
  return problems;
}
