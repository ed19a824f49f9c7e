import { kubeletReservations, podAddresses } from "../kubeletReservations";
import { amount } from "../kubernetes/fieldTypes";
import type { Problem } from "../problem";
import { type MachineRequest, requestMachines } from "../requests";
import type { SiteSpec } from "../spec";

type Tree = { [field: string]: unknown };

const GIB = 2 ** 30;

/** A kubelet's fields against the machine that it runs on: what it keeps back, and pods that have an address. */
export function consistentNodes(spec: SiteSpec): Problem[] {
  const common = spec.kubernetes.kubelet;
  if ([common, ...spec.workers.map(({ kubelet = {} }) => kubelet)].every((fields) => Object.keys(fields).length === 0))
    return [];
  const problems = kindsOf(requestMachines(spec)).flatMap((machine): Problem[] => {
    const pool = spec.workers.findIndex(({ name }) => name === machine.pool);
    const own = machine.role === "worker" ? (spec.workers[pool]?.kubelet ?? {}) : {};
    const written = (field: string) =>
      Object.hasOwn(own, field) ? `workers[${pool}].kubelet` : Object.hasOwn(common, field) && "kubernetes.kubelet";
    const kubelet = { ...common, ...own };
    return [...keptBack(machine, kubelet, written), ...podsWithout(spec, machine, kubelet, written)];
  });
  // Machines of one kind have the same.
  return problems.filter(({ path }, i) => problems.findIndex((one) => one.path === path) === i);
}

/** A node of each kind: one of half a million is as good as another. */
function kindsOf(machines: readonly MachineRequest[]): MachineRequest[] {
  const nodes = machines.filter(({ role }) => role === "control-plane" || role === "worker");
  const kind = ({ role, pool, cpus, memoryGiB, systemDiskGiB }: MachineRequest) =>
    [role, pool, cpus, memoryGiB, systemDiskGiB].join();
  return [...new Map(nodes.map((machine) => [kind(machine), machine])).values()];
}

type Written = (field: string) => string | false;

/** Fields of which a kubelet that has nothing left for pods does not start: validateNodeAllocatable in pkg/kubelet/cm. */
const KEPT = ["kubeReserved", "systemReserved", "evictionHard"] as const;

function keptBack(machine: MachineRequest, kubelet: Tree, written: Written): Problem[] {
  const { name, cpus, memoryGiB, systemDiskGiB } = machine;
  const defaults = kubeletReservations(machine);
  const all: [resource: string, signal: string, has: number, words: string][] = [
    ["cpu", "", cpus, `${cpus} CPUs`],
    ["memory", "memory.available", memoryGiB * GIB, `${memoryGiB} GiB of memory`],
    ["ephemeral-storage", "nodefs.available", systemDiskGiB * GIB, `a disk of ${systemDiskGiB} GiB`],
  ];
  return all.flatMap(([resource, signal, has, words]): Problem[] => {
    const parts = KEPT.map((field) => {
      const key = field === "evictionHard" ? signal : resource;
      const value = treeOf(kubelet[field])[key];
      const kept = value === undefined ? (defaults[field] as Record<string, string>)[key] : value;
      return { at: value !== undefined && written(field), path: `${field}.${key}`, kept: bytes(kept, has) };
    });
    const mine = parts.filter(({ at }) => at !== false).sort((a, b) => b.kept - a.kept)[0];
    if (mine === undefined || parts.reduce((sum, { kept }) => sum + kept, 0) < has) return [];
    const fact = `with what else is kept back, nothing of ${name}'s ${words} is left for pods, and its kubelet would not start`;
    return [{ path: `${mine.at}.${mine.path}`, fact, fix: "keep less back, or make the machine larger" }];
  });
}

/** Of a share, what it comes to; nothing of what is no amount, which is told elsewhere. */
function bytes(value: unknown, of: number): number {
  const text = String(value ?? 0);
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const kept = share ? (Number(share[1]) / 100) * of : amount(text);
  return Number.isNaN(kept) ? 0 : kept;
}

function podsWithout(
  { kubernetes, network }: SiteSpec,
  { name }: MachineRequest,
  kubelet: Tree,
  written: Written,
): Problem[] {
  const at = written("maxPods");
  if (at === false || kubernetes.podNetwork.kind !== "routed") return [];
  const most = podAddresses(network.nodePodPrefix);
  if (typeof kubelet.maxPods !== "number" || kubelet.maxPods <= most) return [];
  return [
    {
      path: `${at}.maxPods`,
      fact: `${kubelet.maxPods} is more than the addresses for pods that ${name} has: ${most} of its /${network.nodePodPrefix}`,
      fix: `use at most ${most}, or a shorter network.nodePodPrefix`,
    },
  ];
}

function treeOf(value: unknown): Tree {
  return typeof value === "object" && value !== null ? (value as Tree) : {};
}
