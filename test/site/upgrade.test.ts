import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { appliedOf, isReplaced, readApplied } from "../../site/life/applied";
import { upgradeProblems, upgradeSteps } from "../../site/life/upgrade";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { applyScript, machineFiles } from "../../site/render/machine";
import { snapshotScript } from "../../site/render/snapshot";
import { site, threeHosts } from "../support/sites";

interface Versions {
  kubernetes: string;
  etcd: string;
  template: string;
  stores?: SiteInput["etcd"];
  /** The second host's copy of the template. */
  copy?: string;
}

const before: Versions = { kubernetes: "1.35.4", etcd: "3.5.35", template: "node-1.35" };
const after: Versions = { kubernetes: "1.36.3", etcd: "3.6.8", template: "node-1.36" };

/** One that may have a store of its own. */
const podNetwork = {
  kind: "manifest" as const,
  url: "https://network.example/manifest.yaml",
  sha256: "0".repeat(64),
  enforcesNetworkPolicy: true,
};

function planOf({ kubernetes, etcd, template, stores, copy }: Versions): SitePlan {
  const { hypervisor } = site(threeHosts);
  const hosts = threeHosts.map((host, i) => (i === 1 && copy !== undefined ? { ...host, template: copy } : host));
  return planSite(
    parseSite(
      site(hosts, {
        hypervisor: { ...hypervisor, template } as typeof hypervisor,
        kubernetes: { version: kubernetes, ...(stores && { podNetwork }) },
        etcd: { members: 3, version: etcd, ...stores },
      }),
    ),
  );
}

function refused(from: Versions, to: Partial<Versions>): string[] {
  return upgradeProblems(planOf({ ...after, ...to }), appliedOf(planOf(from))).map(formatProblem);
}

describe("versions go one minor version up at a time (O4, R7)", () => {
  test("the next minor version, and a patch", () => {
    expect(refused(before, after)).toEqual([]);
    expect(refused(before, { kubernetes: "1.35.5", etcd: "3.5.35" })).toEqual([]);
    expect(refused(after, after)).toEqual([]);
  });

  test("another template alone", () => {
    expect(refused(after, { template: "node-1.36-b" })).toEqual([]);
  });

  test("etcd is named by its minor version, then by its patch", () => {
    expect(refused({ ...after, etcd: "3.6" }, { etcd: "3.6.8" })).toEqual([]);
    expect(refused({ ...after, etcd: "3.6.8" }, { etcd: "3.6" })).toEqual([]);
  });

  test("etcd 3.7 comes after 3.6", () => {
    const next: Versions = { kubernetes: "1.37.2", etcd: "3.7.3", template: "node-1.37" };
    expect(refused(after, next)).toEqual([]);
    expect(refused(before, { ...next, kubernetes: "1.36.3" })).toEqual([
      "etcd.version: etcd 3.5.35 runs and 3.7.3 skips 3.6: it works together with the minor version before it only; upgrade to 3.6 first",
    ]);
  });

  test("no minor version is skipped", () => {
    expect(refused({ ...before, kubernetes: "1.34.2" }, after)).toMatchInlineSnapshot(`
      [
        "kubernetes.version: Kubernetes 1.34.2 runs and 1.36.3 skips 1.35: it works together with the minor version before it only; upgrade to 1.35 first",
      ]
    `);
    const older = { ...appliedOf(planOf(before)), etcd: "3.4.30" };
    expect(upgradeProblems(planOf(after), older).map(formatProblem)).toMatchInlineSnapshot(`
      [
        "etcd.version: etcd 3.4.30 runs and 3.6.8 skips 3.5: it works together with the minor version before it only; upgrade to 3.5 first",
      ]
    `);
  });

  test("nothing goes back", () => {
    expect(refused(after, before)).toMatchInlineSnapshot(`
      [
        "kubernetes.version: Kubernetes 1.36.3 runs and 1.35.4 is older: it need not read what the newer one has stored; leave it at 1.36.3, or restore a backup of that time onto a new site",
        "etcd.version: etcd 3.6.8 runs and 3.5.35 is older: it need not read what the newer one has stored; leave it at 3.6.8, or restore a backup of that time onto a new site",
      ]
    `);
    expect(refused(after, { ...after, kubernetes: "1.36.2", template: "other" })).toMatchInlineSnapshot(`
      [
        "kubernetes.version: Kubernetes 1.36.3 runs and 1.36.2 is older: it need not read what the newer one has stored; leave it at 1.36.3, or restore a backup of that time onto a new site",
      ]
    `);
    expect(() => refused(after, { ...after, kubernetes: "2.0.0", template: "other" })).toThrow(
      "kubernetes.version: there is no Kubernetes 2; use",
    );
  });

  test("a version comes with a template of its own", () => {
    expect(refused(before, { ...after, template: before.template })).toMatchInlineSnapshot(`
      [
        "hypervisor.template: the machines were made from node-1.35, which holds Kubernetes 1.35.4; import the template with Kubernetes 1.36.3 under a name of its own and name it here",
        "hypervisor.template: the machines were made from node-1.35, which holds etcd 3.5.35; import the template with etcd 3.6.8 under a name of its own and name it here",
      ]
    `);
  });
});

describe("a host with a copy of the template (real-vcenter-13)", () => {
  const copied: Versions = { ...before, copy: "node-1.35-b" };

  test("takes the new template's copy, or none", () => {
    expect(refused(copied, { copy: "node-1.35-b" })).toEqual([
      "hosts[1].template: node-1.35-b is the copy of node-1.35, which hypervisor.template named before; copy node-1.36 to the host under a name of its own and name that here, or leave it out",
    ]);
    expect(refused(copied, { copy: "node-1.36-b" })).toEqual([]);
    expect(refused(copied, {})).toEqual([]);
    const steps = upgradeSteps(planOf({ ...after, copy: "node-1.36-b" }), appliedOf(planOf(copied)));
    expect(steps.filter((step) => step.includes("is replaced by one from node-1.36-b:"))).not.toEqual([]);
  });

  test("gets it, or loses it, without a change of what runs", () => {
    const machines = (from: Versions, to: Versions) => {
      const plan = planOf(to);
      return plan.machines.filter((machine) => isReplaced(plan, machine, appliedOf(planOf(from))));
    };
    expect(machines(before, copied)).toEqual([]);
    expect(machines(copied, before)).toEqual([]);
    expect(appliedOf(planOf(before))).not.toHaveProperty("templateCopies");
    expect(readApplied(appliedOf(planOf(copied)))).toEqual({ applied: appliedOf(planOf(copied)) });
  });
});

describe("what an upgrade does", () => {
  test("in which order", () => {
    expect(upgradeSteps(planOf(after), appliedOf(planOf(before)))).toMatchInlineSnapshot(`
      [
        "1. a snapshot of etcd is saved and checked",
        "2. shop-etcd-a: leaves its store, is replaced by one from node-1.36: etcd 3.5.35 → 3.6.8",
        "3. shop-etcd-b: leaves its store, is replaced by one from node-1.36: etcd 3.5.35 → 3.6.8",
        "4. shop-etcd-c: leaves its store, is replaced by one from node-1.36: etcd 3.5.35 → 3.6.8",
        "5. shop-load-balancer-a: hands over, is replaced by one from node-1.36",
        "6. shop-load-balancer-b: hands over, is replaced by one from node-1.36",
        "7. shop-control-plane-a: is drained, is replaced by one from node-1.36: Kubernetes 1.35.4 → 1.36.3",
        "8. shop-control-plane-b: is drained, is replaced by one from node-1.36: Kubernetes 1.35.4 → 1.36.3",
        "9. shop-general-a: is drained, is replaced by one from node-1.36: Kubernetes 1.35.4 → 1.36.3",
        "10. shop-general-b: is drained, is replaced by one from node-1.36: Kubernetes 1.35.4 → 1.36.3",
        "11. the kube-proxy of 1.35.4 is deleted",
      ]
    `);
  });

  test("the log of 3.5 is left behind before etcd 3.7, in each store, and only then", () => {
    const next: Versions = { kubernetes: "1.37.2", etcd: "3.7.3", template: "node-1.37" };
    const log = (store: string) =>
      `the members of ${store} take a snapshot of their log: etcd 3.7.3 may not start with what 3.5 wrote there`;
    const [, ...steps] = upgradeSteps(planOf(next), appliedOf(planOf(after)));
    expect(steps[0]).toBe(`2. ${log("etcd")}`);
    expect(steps[1]).toContain("shop-etcd-a");
    const three = { ...next, stores: { events: { memoryGiB: 4 }, networkStore: { memoryGiB: 2 } } };
    const more = upgradeSteps(planOf(three), appliedOf(planOf({ ...three, ...after }))).slice(1, 4);
    expect(more).toEqual([`2. ${log("etcd")}`, `3. ${log("events")}`, `4. ${log("network-store")}`]);
    const scriptOf = (plan: SitePlan, members = plan.machines) => snapshotScript(plan, members);
    const script = scriptOf(planOf(three));
    expect(script).toMatch(/^STORES='etcd( 10\.\S+){3}\nevents( 10\.\S+){3}\nnetwork-store( 10\.\S+){3}'$/m);
    expect(execFileSync("shellcheck", ["--shell=bash", "-"], { input: script, encoding: "utf8" })).toBe("");
    expect(scriptOf(planOf(after))).not.toContain("STORES");
    const [first, ...later] = machinesOf(planOf(three), "etcd");
    expect(later).toHaveLength(2);
    expect(scriptOf(planOf(three), first && [first])).toMatch(/^STORES='etcd 10\.\S+'$/m);
    expect(upgradeSteps(planOf({ ...next, template: "node-1.37-b" }), appliedOf(planOf(next))).join()).not.toContain(
      "log",
    );
  });

  test("nothing where no version changes", () => {
    expect(upgradeSteps(planOf(after), appliedOf(planOf(after)))).toEqual([]);
  });
});

describe("what is rendered for a version", () => {
  const text = (plan: SitePlan, machine: string, path: string): string => {
    const found = plan.machines.find(({ name }) => name.endsWith(machine)) as SitePlan["machines"][number];
    const file = machineFiles(plan, found).find((each) => each.path === path);
    return String(file?.content.join(""));
  };

  test("etcd 3.5 knows two settings by other names", () => {
    const [old, current] = [before, after].map((versions) => text(planOf(versions), "etcd-a", "/etc/etcd/etcd.yaml"));
    expect(old).toContain("experimental-initial-corrupt-check: true");
    expect(old).not.toContain("feature-gates");
    expect(current).toContain("feature-gates: InitialCorruptCheck=true");
    expect(current).not.toContain("experimental");
  });

  test("a node wants the kube-proxy of its own version", () => {
    const plan = planOf(after);
    expect(text(plan, "control-plane-a", "/etc/kubernetes/kube-proxy.yaml")).toContain("name: kube-proxy-1.36.3");
    expect(text(plan, "general-a", "/var/lib/kubelet/kubeadm-flags.env")).toContain(
      "groundwork.local/kubernetes=1.36.3",
    );
  });

  test("a control plane's kubelet and kube-proxy use the API server beside them", () => {
    const plan = planOf(after);
    const { address } = plan.machines.find(({ name }) => name.endsWith("control-plane-b")) as { address: string };
    for (const path of ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/kube-proxy/kubeconfig.conf"]) {
      expect(text(plan, "control-plane-b", path)).toContain(`server: https://${address}:6443`);
      expect(text(plan, "general-a", path)).toContain(`server: https://${plan.vip}:6443`);
    }
  });

  test("every machine is told which version it must find", () => {
    const plan = planOf(after);
    const scripts = plan.machines.filter(({ role }) => role !== "load-balancer").map((m) => applyScript(plan, m));
    for (const script of scripts) expect(script).toMatch(/^(KUBERNETES_VERSION='1\.36\.3'|ETCD_VERSION='3\.6\.8')$/m);
  });
});
