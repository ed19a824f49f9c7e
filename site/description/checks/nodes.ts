import { kubeletReservations, maxPods, podAddresses } from "../kubeletReservations";
import { amount } from "../kubernetes/fieldTypes";
import type { Problem } from "../problem";
import { type MachineRequest, requestMachines } from "../requests";
import type { SiteSpec } from "../spec";
import { below, list, type Tree, text } from "./componentFields";
import { cpusOf } from "./kubeletManagers";

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
    return [
      ...keptBack(machine, kubelet, written),
      ...neverThere(machine, kubelet, written),
      ...reservedCpus(machine, kubelet, written),
      ...reservedMemory(machine, kubelet, written),
      ...podsWithout(spec, machine, kubelet, written),
      ...tooFewPods(machine, kubelet, written),
    ];
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
    ["ephemeral-storage", "nodefs.available", systemDiskGiB * GIB, `${systemDiskGiB} GiB of disk`],
  ];
  return all.flatMap(([resource, signal, has, words]): Problem[] => {
    const parts = KEPT.map((field) => {
      const key = field === "evictionHard" ? signal : resource;
      const value = below(kubelet, field)[key];
      const kept = value === undefined ? (defaults[field] as Record<string, string>)[key] : value;
      return { at: value !== undefined && written(field), path: `${field}.${key}`, kept: bytes(kept, has) };
    });
    const mine = parts.filter(({ at }) => at !== false).sort((a, b) => b.kept - a.kept)[0];
    if (mine === undefined || parts.reduce((sum, { kept }) => sum + kept, 0) < has) return [];
    const fact = `with what else is kept back, nothing of ${name}'s ${words} is left for pods, and its kubelet would not start`;
    return [{ path: `${mine.at}.${mine.path}`, fact, fix: "keep less back, or make the machine larger" }];
  });
}

/** Of a share, what it comes to; nothing of what is no amount, or all of it, which is told elsewhere. */
function bytes(value: unknown, of: number): number {
  const text = String(value ?? 0);
  const share = shareIn(text);
  const kept = share === undefined ? amount(text) : share < 1 ? share * of : 0;
  return Number.isNaN(kept) ? 0 : kept;
}

function shareIn(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)%$/.exec(text);
  return found ? Number(found[1]) / 100 : undefined;
}

/** Thresholds of more than a machine has: its pods would be evicted for ever. What a hard one keeps back is told as that. */
function neverThere({ name, memoryGiB, systemDiskGiB }: MachineRequest, kubelet: Tree, written: Written): Problem[] {
  const signals: [signal: string, gib: number, words: string][] = [
    ["memory.available", memoryGiB, `${memoryGiB} GiB of memory`],
    ...["nodefs.available", "imagefs.available", "containerfs.available"].map((signal): [string, number, string] => [
      signal,
      systemDiskGiB,
      `${systemDiskGiB} GiB of disk`,
    ]),
  ];
  return (["evictionHard", "evictionSoft"] as const).flatMap((field) =>
    signals.flatMap(([signal, gib, words]): Problem[] => {
      const value = below(kubelet, field)[signal];
      const told = field === "evictionHard" && ["memory.available", "nodefs.available"].includes(signal);
      if (told || !written(field) || bytes(value, gib * GIB) < gib * GIB) return [];
      return [
        {
          path: `${written(field)}.${field}.${signal}`,
          fact: `${value} are never free of ${name}'s ${words}, and its pods would be evicted for ever`,
          fix: "use less, or make the machine larger",
        },
      ];
    }),
  );
}

function reservedCpus({ name, cpus }: MachineRequest, kubelet: Tree, written: Written): Problem[] {
  const at = written("reservedSystemCPUs");
  const reserved = cpusOf(text(kubelet, "reservedSystemCPUs") ?? "");
  if (at === false || reserved === undefined) return [];
  const add = (fact: string): Problem[] => [
    { path: `${at}.reservedSystemCPUs`, fact, fix: "reserve fewer, or make the machine larger" },
  ];
  const beyond = reserved.find((cpu) => cpu >= cpus);
  if (beyond !== undefined) return add(`${name} has no CPU ${beyond}: its CPUs are 0 to ${cpus - 1}`);
  return new Set(reserved).size < cpus ? [] : add(`none of ${name}'s ${cpus} CPUs is left for pods`);
}

/** A static memory manager starts only where the reserved memory is exactly what the node keeps back (pkg/kubelet/cm/memorymanager). */
function reservedMemory(machine: MachineRequest, kubelet: Tree, written: Written): Problem[] {
  if (kubelet.memoryManagerPolicy !== "Static") return [];
  const at = written("reservedMemory") || written("memoryManagerPolicy");
  const reserved = list(kubelet, "reservedMemory").reduce<number>(
    (sum, one) => sum + bytes(below((one ?? {}) as Tree, "limits").memory, 0),
    0,
  );
  const defaults = kubeletReservations(machine);
  const parts = KEPT.map((field) => {
    const key = field === "evictionHard" ? "memory.available" : "memory";
    const value = below(kubelet, field)[key];
    return String(value === undefined ? (defaults[field] as Record<string, string>)[key] : (value ?? 0));
  });
  // A share is one of what the kernel counts, which nobody knows beforehand.
  if (parts.some((part) => shareIn(part) !== undefined) && reserved > 0) return [];
  const kept = parts.reduce((sum, part) => sum + bytes(part, 0), 0);
  if (reserved === kept) return [];
  return [
    {
      path: `${at}.reservedMemory`,
      fact: `it comes to ${inMiB(reserved)}, and ${machine.name} keeps back ${inMiB(kept)}: a static memory manager would not start`,
      fix: `reserve ${inMiB(kept)} in all, or change kubeReserved, systemReserved or evictionHard`,
    },
  ];
}

function inMiB(amount: number): string {
  return `${Math.round((amount / GIB) * 1024 * 10) / 10}Mi`;
}

/** Pods that the site itself runs on every node of a role: kube-proxy, and the control plane's own three. */
const OWN_PODS = { worker: 1, "control-plane": 4 };

function tooFewPods({ name, role, cpus }: MachineRequest, kubelet: Tree, written: Written): Problem[] {
  const own = role === "control-plane" ? OWN_PODS["control-plane"] : OWN_PODS.worker;
  const perCore = Number(kubelet.podsPerCore ?? 0) * cpus || Number.POSITIVE_INFINITY;
  const all = typeof kubelet.maxPods === "number" ? kubelet.maxPods : maxPods({ cpus });
  const field = perCore < all ? "podsPerCore" : "maxPods";
  const at = written(field);
  const most = Math.min(perCore, all);
  if (at === false || most < 1 || most > own || !Number.isInteger(most)) return [];
  return [
    {
      path: `${at}.${field}`,
      fact: `${name} may have ${most} pod${most === 1 ? "" : "s"}, and the site itself runs ${own} on it`,
      fix: "use more",
    },
  ];
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
