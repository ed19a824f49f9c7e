import { type Breakage, moveMachine, set, without } from "../breakage";

/** Control planes, and what clients reach them through. */
export const controlPlanes: Breakage[] = [
  {
    rule: "control-planes-two",
    change: without("demo-control-plane-b"),
    says: "controlPlanes.count: demo-control-plane-a is the only control plane: no failure and no update passes unnoticed; set controlPlanes: 2",
  },
  {
    rule: "control-planes-different-hosts",
    change: moveMachine("demo-control-plane-b", "esx-1"),
    says:
      "machines.demo-control-plane-b: control planes demo-control-plane-a and demo-control-plane-b are all on host esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "control-plane-size",
    change: set("demo-control-plane-a", { numCpus: 1 }),
    says: "machines.demo-control-plane-a: demo-control-plane-a has 1 CPUs and 8 GiB; give it at least 2 CPUs and 2 GiB; 8 GiB is usual",
  },
  {
    rule: "control-planes-behind-load-balancer",
    change: without("demo-load-balancer-a", "demo-load-balancer-b"),
    says: "loadBalancer: control planes are behind no load balancer; use loadBalancer.kind haproxy, external or dns",
  },
  {
    rule: "load-balancers-two",
    change: without("demo-load-balancer-b"),
    says: "loadBalancer.count: demo-load-balancer-a is the only load balancer: without it nobody reaches the API; set loadBalancer.count: 2",
  },
  {
    rule: "load-balancers-different-hosts",
    change: moveMachine("demo-load-balancer-a", "esx-1"),
    says:
      "machines.demo-load-balancer-b: load balancers demo-load-balancer-a and demo-load-balancer-b are all on host esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "registry-two-hosts",
    spec: (site) => {
      site.registry = { kind: "local" };
    },
    change: moveMachine("demo-control-plane-b", "esx-1"),
    says:
      "machines.demo-control-plane-b: both copies of the registry, on demo-control-plane-a and demo-control-plane-b, are on host esx-1; " +
      "set controlPlanes: 2 or more, and place them on different hosts",
  },
  {
    rule: "registry-two-hosts",
    spec: (site) => {
      site.registry = { kind: "local" };
    },
    change: without("demo-control-plane-b"),
    says:
      "registry: its only copy is on demo-control-plane-a: without that machine no image can be pulled; " +
      "set controlPlanes: 2 or more, and place them on different hosts",
  },
  {
    rule: "dns-endpoint",
    plan: (plan) => {
      plan.spec.loadBalancer = { kind: "dns", endpoint: "api.example", port: 6443 };
      plan.endpoint.host = "api.example";
    },
    says:
      "loadBalancer: clients of api.example try a dead API server too; " +
      "keep their time to live short and remove a dead one by hand, or use haproxy",
  },
];
