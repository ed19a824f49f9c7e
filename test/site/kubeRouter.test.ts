import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { PodNetwork, SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { type Applied, appliedOf, readApplied } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { kubeRouterObjects } from "../../site/render/kubeRouter";
import { machineFiles } from "../../site/render/machine";
import { shell } from "../../site/render/shell";
import { site, threeHosts } from "../support/sites";

function described(podNetwork?: PodNetwork): SiteInput {
  const { kubernetes } = site(threeHosts);
  return site(threeHosts, { kubernetes: { ...kubernetes, ...(podNetwork && { podNetwork }) } });
}

const routed = (enforcesNetworkPolicy?: boolean): PodNetwork => ({
  kind: "routed",
  ...(enforcesNetworkPolicy !== undefined && { enforcesNetworkPolicy }),
});
const planned = (podNetwork?: PodNetwork, standing?: Applied) =>
  planSite(parseSite(described(podNetwork)), { against: standing, standing });
const fileOf = (plan: SitePlan, role: string, path: string) => {
  const machine = plan.machines.find((each) => each.role === role);
  return (
    machine &&
    machineFiles(plan, machine)
      .find((file) => file.path === path)
      ?.content.join("")
  );
};

/** Whether kube-router is installed, nodes know of it, and rules take NetworkPolicy for enforced. */
function enforced(plan: SitePlan): boolean[] {
  const unit = fileOf(plan, "worker", "/etc/systemd/system/groundwork-pod-network.service") ?? "";
  return [
    fileOf(plan, "control-plane", "/etc/kubernetes/kube-router.yaml") !== undefined,
    / filtered$/m.test(unit),
    factsOfPlan(plan).podNetwork?.enforcesNetworkPolicy === true,
  ];
}
const yes = [true, true, true];
const no = [false, false, false];

/** What a stack's output has, as an earlier program left it. */
function earlier(): Applied {
  const { enforcesNetworkPolicy: _, ...output } = appliedOf(planned());
  const read = readApplied(JSON.parse(JSON.stringify(output)));
  if (!("applied" in read) || !read.applied) throw new Error("nothing stands");
  return read.applied;
}
const cautions = (plan: SitePlan, standing: Applied) => changeOfStanding(plan, standing).cautions.map(formatProblem);

describe("NetworkPolicy in a routed pod network (S7)", () => {
  test("is enforced where nothing is said of it, and where it is said", () => {
    expect(enforced(planned())).toEqual(yes);
    expect(enforced(planned(routed(true)))).toEqual(yes);
    expect(enforced(planned(routed(false)))).toEqual(no);
  });

  test("stays as it stands at a site that runs, until it is said", () => {
    for (const podNetwork of [undefined, routed()]) {
      expect(enforced(planned(podNetwork, earlier()))).toEqual(no);
      expect(cautions(planned(podNetwork, earlier()), earlier())).toEqual([]);
      expect(enforced(planned(podNetwork, appliedOf(planned())))).toEqual(yes);
      expect(enforced(planned(podNetwork, appliedOf(planned(routed(false)))))).toEqual(no);
    }
    expect(appliedOf(planned(undefined, earlier()))).toEqual(earlier());
  });

  test("is told where it begins at a site that runs, once", () => {
    const begun = planned(routed(true), earlier());
    expect(enforced(begun)).toEqual(yes);
    expect(cautions(begun, earlier())).toEqual([
      "kubernetes.podNetwork.enforcesNetworkPolicy: NetworkPolicy is enforced from now on at a site that runs: policies that lay there " +
        "without effect hold, and connections that none of them allows end; see what lies there first: `kubectl get networkpolicies --all-namespaces`",
    ]);
    const stands = appliedOf(begun);
    expect(cautions(planned(routed(true), stands), stands)).toEqual([]);
  });

  test("is none of the program's in another network", () => {
    const plan = planned({ kind: "none" });
    expect(fileOf(plan, "control-plane", "/etc/kubernetes/kube-router.yaml")).toBeUndefined();
    expect(appliedOf(plan).enforcesNetworkPolicy).toBeUndefined();
  });
});

describe("kube-router", () => {
  const objects = parseAllDocuments(kubeRouterObjects(planned())).map((document) => document.toJS());
  const one = (kind: string) => objects.find((object) => object.kind === kind);

  test("reads what it needs, and writes nothing", () => {
    const { rules } = one("ClusterRole");
    expect(new Set(rules.flatMap((rule: { verbs: string[] }) => rule.verbs))).toEqual(
      new Set(["get", "list", "watch"]),
    );
    const read = rules.flatMap((rule: { resources: string[] }) => rule.resources).sort();
    expect(read).toEqual(
      ["endpoints", "endpointslices", "namespaces", "networkpolicies", "nodes", "pods", "services"].sort(),
    );
  });

  test("may set packet filters on its node, and nothing else that root may", () => {
    const { spec } = one("DaemonSet").spec.template;
    const [container] = spec.containers;
    expect(container.securityContext).toEqual({
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.resources.limits.memory).toBeDefined();
    expect(spec).toMatchObject({ hostNetwork: true, priorityClassName: "system-node-critical" });
    expect(spec.hostPID).toBeUndefined();
    expect(spec.volumes).toEqual([
      { name: "access", hostPath: { path: "/etc/kubernetes/kube-proxy", type: "Directory" } },
      { name: "programs", configMap: { name: "kube-router", defaultMode: 0o555 } },
    ]);
  });

  test("finds the program that writes its own filters only before iptables' own", () => {
    const { metadata, spec } = one("DaemonSet").spec.template;
    const [{ env, volumeMounts }] = spec.containers;
    const { mountPath } = volumeMounts.find(({ name }: { name: string }) => name === "programs");
    const { value } = env.find(({ name }: { name: string }) => name === "PATH");
    expect(value.split(":")).toEqual(expect.arrayContaining(["/usr/sbin", "/sbin"]));
    expect(value.split(":")[0]).toBe(mountPath);
    expect(one("ConfigMap").data).toEqual({ "iptables-restore": shell("own-filters") });
    expect(metadata.annotations["groundwork.local/programs"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("routes nothing and stands for no Service, whose addresses it knows", () => {
    const [{ args }] = one("DaemonSet").spec.template.spec.containers;
    expect(args).toEqual(
      expect.arrayContaining([
        ...["--run-firewall=true", "--run-router=false", "--run-service-proxy=false", "--run-loadbalancer=false"],
        "--service-cluster-ip-range=10.96.0.0/16",
      ]),
    );
  });
});
