import gtr from "semver/ranges/gtr";
import { templateOf, templateOn } from "../description/hypervisors";
import type { Problem } from "../description/problem";
import { isStore, STORES } from "../description/stores";
import { minorOf, versionOf } from "../description/version";
import { etcdMinor } from "../description/versions";
import type { MachinePlan, SitePlan } from "../plan/model";
import { type Applied, appliedMachines, isReplaced } from "./applied";

/** What must not be done to the versions that run (O4): each with the reason and the way there. */
export function upgradeProblems(plan: SitePlan, applied: Applied): Problem[] {
  const { kubernetes, etcd } = plan.spec;
  return [
    ...steps("kubernetes.version", "Kubernetes", applied.kubernetes, kubernetes.version),
    ...(applied.etcd === undefined ? [] : steps("etcd.version", "etcd", applied.etcd, etcd.version)),
    ...templateProblems(plan, applied),
  ];
}

function steps(path: string, program: string, before: string, after: string): Problem[] {
  const [from, to] = [versionOf(before), versionOf(after)];
  if (from.major !== to.major)
    return [
      {
        path,
        fact: `${program} ${before} runs and ${after} is another major version`,
        fix: "build a new site and move over",
      },
    ];
  // One without a patch means all of its minor version.
  if (gtr(from, after))
    return [
      {
        path,
        fact: `${program} ${before} runs and ${after} is older: it need not read what the newer one has stored`,
        fix: `leave it at ${before}, or restore a backup of that time onto a new site`,
      },
    ];
  if (to.minor > from.minor + 1) {
    const next = `${from.major}.${from.minor + 1}`;
    return [
      {
        path,
        fact: `${program} ${before} runs and ${after} skips ${next}: it works together with the minor version before it only`,
        fix: `upgrade to ${next} first`,
      },
    ];
  }
  return [];
}

/** Programs come with the template: another version takes another template. */
function templateProblems({ spec }: SitePlan, applied: Applied): Problem[] {
  const { hypervisor, kubernetes, etcd } = spec;
  const template = templateOf(hypervisor);
  if (template === undefined) return [];
  if (template !== applied.template) return staleCopies(spec, applied);
  const changes = [
    ...(kubernetes.version === applied.kubernetes ? [] : [["Kubernetes", applied.kubernetes, kubernetes.version]]),
    ...(minorOf(etcd.version) === minorOf(applied.etcd ?? etcd.version) ? [] : [["etcd", applied.etcd, etcd.version]]),
  ];
  return changes.map(([program, before, after]) => ({
    path: "hypervisor.template",
    fact: `the machines were made from ${template}, which holds ${program} ${before}`,
    fix: `import the template with ${program} ${after} under a name of its own and name it here`,
  }));
}

/** Copies that are called as they were when the template was another one: machines on their hosts would be made from that. */
function staleCopies({ hosts, hypervisor }: SitePlan["spec"], { template, templateCopies = {} }: Applied): Problem[] {
  return hosts.flatMap(({ name, template: copy }, i) =>
    copy === undefined || copy !== templateCopies[name]
      ? []
      : [
          {
            path: `hosts[${i}].template`,
            fact: `${copy} is the copy of ${template}, which hypervisor.template named before`,
            fix: `copy ${templateOf(hypervisor)} to the host under a name of its own and name that here, or leave it out`,
          },
        ],
  );
}

/** Whether the change is one of versions or of the template. */
export function isUpgrade({ spec }: SitePlan, applied: Applied): boolean {
  return (
    spec.kubernetes.version !== applied.kubernetes ||
    (applied.etcd !== undefined && spec.etcd.version !== applied.etcd) ||
    templateOf(spec.hypervisor) !== applied.template
  );
}

/** The steps of an upgrade in their order, for people; none if it is no upgrade. */
export function upgradeSteps(plan: SitePlan, applied: Applied): string[] {
  if (!isUpgrade(plan, applied)) return [];
  const { kubernetes, etcd } = plan.spec;
  return [
    "a snapshot of etcd is saved and checked",
    ...logSteps(plan, applied),
    ...appliedMachines(plan, applied).map((machine) => `${machine.name}: ${machineStep(plan, machine, applied)}`),
    ...(applied.kubernetes === kubernetes.version ? [] : [`the kube-proxy of ${applied.kubernetes} is deleted`]),
  ].map((step, i) => `${i + 1}. ${step}`);

  function machineStep(plan: SitePlan, machine: MachinePlan, applied: Applied): string {
    const leaves = isStore(machine.role)
      ? "leaves its store"
      : machine.role === "load-balancer"
        ? "hands over"
        : "is drained";
    const program = isStore(machine.role)
      ? change("etcd", applied.etcd ?? etcd.version, etcd.version)
      : machine.role === "load-balancer"
        ? undefined
        : change("Kubernetes", applied.kubernetes, kubernetes.version);
    const how = isReplaced(plan, machine, applied)
      ? `${leaves}, is replaced by one from ${templateOn(plan.spec, machine.host)}`
      : "is configured again";
    return program ? `${how}: ${program}` : how;
  }
}

/** A member of a version that does not read the log of etcd 3.5 may not start from it: none is left to it (site/render/shell/etcd-log.sh). */
function logSteps({ spec, machines }: SitePlan, { etcd = spec.etcd.version }: Applied): string[] {
  if (!etcdMinor(etcd).readsOldLog || etcdMinor(spec.etcd.version).readsOldLog) return [];
  return STORES.filter((store) => machines.some(({ role }) => role === store)).map(
    (store) =>
      `the members of ${store} take a snapshot of their log: etcd ${spec.etcd.version} may not start with what 3.5 wrote there`,
  );
}

function change(program: string, before: string, after: string): string | undefined {
  return before === after ? undefined : `${program} ${before} → ${after}`;
}
