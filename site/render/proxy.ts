import { furtherNetworks, vcenterOf } from "../description/hypervisors";
import type { SitePlan } from "../plan/model";

/**
 * What is reached without the proxy, as Go's programs read it: this machine, the site's networks, its endpoint and machines, the
 * cluster's own names, vCenter, and what the owner adds. Each once.
 */
export function noProxy(plan: SitePlan): string[] {
  const { network, proxy, hypervisor } = plan.spec;
  const vcenter = vcenterOf(hypervisor)?.server.split(":")[0];
  return [
    ...new Set([
      ...["localhost", "127.0.0.0/8", "::1"],
      ...[network.cidr, network.podCidr, network.serviceCidr, plan.endpoint.host],
      ...furtherNetworks(hypervisor).map(({ cidr }) => cidr),
      ...[".svc", `.${network.domain}`],
      ...plan.machines.map(({ name }) => name),
      ...(vcenter ? [vcenter] : []),
      ...(proxy?.noProxy ?? []),
    ]),
  ];
}

/** The environment of a service that reaches the outside through the site's proxy, as a drop-in of its unit; none without a proxy. */
export function proxyEnvironment(plan: SitePlan): string | undefined {
  const { proxy } = plan.spec;
  if (!proxy) return undefined;
  const variables = {
    HTTP_PROXY: proxy.http,
    HTTPS_PROXY: proxy.https ?? proxy.http,
    NO_PROXY: noProxy(plan).join(","),
  };
  const lines = Object.entries(variables).map(
    ([name, value]) => `Environment="${name}=${value.replaceAll("%", "%%")}"\n`,
  );
  return `[Service]\n${lines.join("")}`;
}
