import { listed } from "../../description/listed";
import { machinesOf } from "../../plan/roles";
import { grouped, rule } from "./rule";

const source = "L12 [B, K]";

export const controlPlanesBehindLoadBalancer = rule({
  id: "control-planes-behind-load-balancer",
  subject: "Control planes",
  scope: "site",
  sentence: "API servers are reached through a load balancer, or a name with one address for each",
  severity: "mandatory",
  source,
  fix: "use loadBalancer.kind haproxy, external or dns",
  check: (facts) => {
    const { kind } = facts.apiEndpoint;
    const balancers = machinesOf(facts, "load-balancer");
    if (kind === "none" || (kind === "haproxy" && balancers.length === 0))
      return [{ path: "loadBalancer", message: "control planes are behind no load balancer" }];
    const plane = machinesOf(facts, "control-plane").find(
      (m) => m.address !== undefined && m.address === facts.apiEndpoint.host,
    );
    return plane ? [{ path: "loadBalancer", message: `the API's endpoint is ${plane.name} itself` }] : [];
  },
});

export const twoLoadBalancers = rule({
  id: "load-balancers-two",
  subject: "Control planes",
  scope: "site",
  sentence: "the load balancer is no single point of failure: there are two",
  severity: "mandatory",
  source,
  fix: "set loadBalancer.count: 2",
  check: (facts) => {
    const balancers = machinesOf(facts, "load-balancer");
    if (facts.apiEndpoint.kind !== "haproxy" || balancers.length !== 1) return [];
    return [
      {
        path: "loadBalancer.count",
        message: `${balancers[0]?.name} is the only load balancer: without it nobody reaches the API`,
        ...(facts.hosts.length === 1 && { severity: "advisory" as const }),
      },
    ];
  },
});

export const loadBalancersOnDifferentHosts = rule({
  id: "load-balancers-different-hosts",
  subject: "Control planes",
  scope: "site",
  withoutSite: "always",
  sentence: "load balancers are on different hosts",
  severity: "mandatory",
  source: "L6, L12 [B, K]",
  fix: "place one of them on another host",
  check: (facts) => {
    const balancers = machinesOf(facts, "load-balancer");
    if (facts.hosts.length < 2 || balancers.length < 2 || balancers.some((m) => m.host === undefined)) return [];
    if (grouped(balancers, (m) => m.host).size > 1) return [];
    return [
      {
        path: balancers[1]?.path ?? "",
        message: `load balancers ${listed(balancers.map((m) => m.name))} are all on host ${balancers[0]?.host}`,
      },
    ];
  },
});

export const dnsIsNoHealthCheck = rule({
  id: "dns-endpoint",
  subject: "Control planes",
  scope: "site",
  sentence: "DNS records in place of a load balancer do not notice a dead API server",
  severity: "advisory",
  source,
  fix: "keep their time to live short and remove a dead one by hand, or use haproxy",
  check: (facts) =>
    facts.apiEndpoint.kind === "dns"
      ? [
          {
            path: "loadBalancer",
            message: `clients of ${facts.apiEndpoint.host ?? "the name"} try a dead API server too`,
          },
        ]
      : [],
});
