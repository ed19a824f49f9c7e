import { listed } from "../../description/listed";
import { machinesOf } from "../../plan/roles";
import { grouped, rule } from "./rule";

export const twoControlPlanes = rule({
  id: "control-planes-two",
  subject: "Control planes",
  scope: "site",
  sentence: "there are at least two API servers, schedulers and controller managers",
  severity: "mandatory",
  source: "L4, L12 [B, K]",
  fix: "set controlPlanes: 2",
  check: (facts) => {
    const planes = machinesOf(facts, "control-plane");
    if (planes.length >= 2) return [];
    const message =
      planes.length === 0
        ? "there is no control plane"
        : `${planes[0]?.name} is the only control plane: no failure and no update passes unnoticed`;
    const oneHost = facts.hosts.length === 1 && planes.length === 1;
    return [
      {
        path: "controlPlanes.count",
        message,
        ...(oneHost && { severity: "advisory" as const, fix: "give the host memory for a second one" }),
      },
    ];
  },
});

export const controlPlanesOnDifferentHosts = rule({
  id: "control-planes-different-hosts",
  subject: "Control planes",
  scope: "site",
  withoutSite: "always",
  sentence: "control planes are on different hosts, so that one is left when a host is lost",
  severity: "mandatory",
  source: "L5, L6 [B]",
  fix: "place one of them on another host",
  check: (facts) => {
    const planes = machinesOf(facts, "control-plane");
    if (facts.hosts.length < 2 || planes.length < 2 || planes.some((m) => m.host === undefined)) return [];
    const hosts = grouped(planes, (m) => m.host);
    if (hosts.size === 1)
      return [
        {
          path: planes[1]?.path ?? "",
          message: `control planes ${listed(planes.map((m) => m.name))} are all on host ${planes[0]?.host}`,
        },
      ];
    return [...hosts]
      .filter(([, on]) => on.length > Math.ceil(planes.length / facts.hosts.length))
      .map(([host, on]) => ({
        path: on.at(-1)?.path ?? "",
        message: `control planes ${listed(on.map((m) => m.name))} are on one host, ${host}`,
        severity: "advisory" as const,
      }));
  },
});

export const controlPlanesHaveMemory = rule({
  id: "control-plane-size",
  subject: "Control planes",
  scope: "site",
  decided: "by one machine",
  withoutSite: "always",
  sentence: "a control plane has at least 2 CPUs and 2 GiB of memory",
  severity: "mandatory",
  source: "C2 [B]; kubeadm's own preflight checks",
  fix: "give it at least 2 CPUs and 2 GiB; 8 GiB is usual",
  check: (facts) =>
    machinesOf(facts, "control-plane")
      .filter((m) => (m.cpus ?? 2) < 2 || (m.memoryGiB ?? 2) < 2)
      .map((m) => ({ path: m.path, message: `${m.name} has ${m.cpus} CPUs and ${m.memoryGiB} GiB` })),
});
