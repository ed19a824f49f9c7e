import { amount, QUANTITY } from "../kubernetes/fieldTypes";
import { nearest } from "../nearest";
import { printable, shown } from "../problem";
import { type Add, at, below, list, type Tree, text } from "./componentFields";

const RESOURCES = ["cpu", "memory", "ephemeral-storage", "pid"];
const OF_SYSTEM = ["system-reserved", "system-reserved-compressible"];
const OF_KUBE = ["kube-reserved", "kube-reserved-compressible"];
const ENFORCED = ["pods", ...OF_SYSTEM, ...OF_KUBE, "none"];

/** Options of the CPU manager's static policy, those that a gate opens, and pairs that exclude each other (pkg/kubelet/cm/cpumanager). */
const CPU_OPTIONS: Record<string, { gate?: string; not: readonly string[] }> = {
  "full-pcpus-only": { not: ["distribute-cpus-across-cores"] },
  "strict-cpu-reservation": { not: [] },
  "prefer-align-cpus-by-uncorecache": { not: ["distribute-cpus-across-cores", "distribute-cpus-across-numa"] },
  "distribute-cpus-across-numa": { not: ["distribute-cpus-across-cores"] },
  "align-by-socket": { gate: "CPUManagerPolicyAlphaOptions", not: [] },
  "distribute-cpus-across-cores": { gate: "CPUManagerPolicyAlphaOptions", not: [] },
};
const TOPOLOGY_OPTIONS = ["prefer-closest-numa-nodes", "max-allowable-numa-nodes"];
/** Go's words for true and false. */
const BOOLEAN = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

/** What the kubelet keeps back, and how it hands out CPUs and memory: what its managers do not start with. */
export function managers(kubelet: Tree, add: Add): void {
  reserved(kubelet, add);
  enforced(kubelet, add);
  cpus(kubelet, add);
  topology(kubelet, add);
  memory(kubelet, add);
}

function reserved(kubelet: Tree, add: Add): void {
  for (const field of ["kubeReserved", "systemReserved"])
    for (const [name, value] of Object.entries(below(kubelet, field))) {
      if (!RESOURCES.includes(name))
        add(
          `${field}.${printable(name)}`,
          "no such resource can be reserved",
          "use cpu, memory, ephemeral-storage or pid",
        );
      else if (value !== null && (!QUANTITY.test(String(value)) || String(value).startsWith("-")))
        add(`${field}.${name}`, `${shown(value)} is not a quantity`, "write a quantity, for example 500m or 1Gi");
    }
  for (const [name, value] of Object.entries(below(kubelet, "qosReserved"))) {
    const path = `qosReserved.${printable(name)}`;
    if (name !== "memory") add(path, "no such resource can be reserved by class", "use memory");
    else if (!/^(?:100|\d{1,2})%$/.test(String(value)))
      add(path, `${shown(value)} is not a share`, "write 0% to 100%, for example 50%");
  }
}

/** Groups of processes whose limits are enforced: each once, each with the control group that it means. */
function enforced(kubelet: Tree, add: Add): void {
  const all = list(kubelet, "enforceNodeAllocatable").filter((one) => typeof one === "string");
  for (const [i, one] of all.entries()) {
    const path = `enforceNodeAllocatable[${i}]`;
    const group = OF_SYSTEM.includes(one) ? "systemReservedCgroup" : OF_KUBE.includes(one) ? "kubeReservedCgroup" : "";
    const other = [OF_SYSTEM, OF_KUBE].find((pair) => pair.includes(one))?.find((member) => member !== one) ?? "";
    if (!ENFORCED.includes(one)) add(path, `${shown(one)} cannot be enforced`, nearest(one, ENFORCED));
    else if (all.indexOf(one) < i) add(path, `${one} is there twice`, "name each once");
    else if (one === "none" && all.length > 1) add(path, "none is not alone", "remove it, or the others");
    else if (all.slice(0, i).includes(other)) add(path, `${one} and ${other} exclude each other`, "use one of them");
    else if (group !== "" && !text(kubelet, group))
      add(path, `${one} needs the control group that it means`, `set ${group}`);
  }
}

function cpus(kubelet: Tree, add: Add): void {
  const set = text(kubelet, "reservedSystemCPUs");
  if (set && cpusOf(set) === undefined)
    add("reservedSystemCPUs", `${shown(set)} is no list of CPUs`, "use numbers and ranges of them, for example 0-1,4");
  const groups = ["systemReservedCgroup", "kubeReservedCgroup"].filter((field) => text(kubelet, field));
  if (set && groups.length > 0)
    add("reservedSystemCPUs", `it does not go with ${groups.join(" and ")}`, "leave one of them out");
  const policy = at(kubelet, "cpuManagerPolicy") ?? "none";
  // The site keeps a part of every machine's CPUs back, unless somebody takes all of that away.
  const given = ["kubeReserved", "systemReserved"].map((field) => below(kubelet, field).cpu);
  if (policy === "static" && !set && given.every((value) => value === null || amount(String(value)) === 0))
    add(
      "cpuManagerPolicy",
      "static needs a CPU that is kept for the system",
      "set systemReserved.cpu, for example 500m",
    );
  const options = below(kubelet, "cpuManagerPolicyOptions");
  for (const [name, value] of Object.entries(options)) {
    const path = `cpuManagerPolicyOptions.${printable(name)}`;
    const option = Object.hasOwn(CPU_OPTIONS, name) ? CPU_OPTIONS[name] : undefined;
    const rival = option?.not.find((one) => isTrue(options[one]) && isTrue(value));
    if (policy !== "static") add(path, "only cpuManagerPolicy static has options", "set it to static, or remove it");
    else if (!option) add(path, "there is no such option", nearest(name, Object.keys(CPU_OPTIONS)));
    else if (option.gate && at(kubelet, `featureGates.${option.gate}`) !== true)
      add(path, `it needs the feature gate ${option.gate}`, `set featureGates.${option.gate} to true, or remove it`);
    else if (!BOOLEAN.test(String(value))) add(path, `${shown(value)} is not true or false`, 'write "true" or "false"');
    else if (rival) add(path, `it excludes ${rival}`, "use one of them");
  }
}

function isTrue(value: unknown): boolean {
  return BOOLEAN.test(String(value)) && /^[1tT]/.test(String(value));
}

function topology(kubelet: Tree, add: Add): void {
  for (const [name, value] of Object.entries(below(kubelet, "topologyManagerPolicyOptions"))) {
    const path = `topologyManagerPolicyOptions.${printable(name)}`;
    if (!TOPOLOGY_OPTIONS.includes(name)) add(path, "there is no such option", nearest(name, TOPOLOGY_OPTIONS));
    else if (name === "max-allowable-numa-nodes" && !(/^\d{1,9}$/.test(String(value)) && Number(value) >= 8))
      add(path, `${shown(value)} is not a number from 8 on`, 'write "8" or more');
    else if (name === "prefer-closest-numa-nodes" && !BOOLEAN.test(String(value)))
      add(path, `${shown(value)} is not true or false`, 'write "true" or "false"');
  }
}

/** Memory that is reserved by NUMA node; that all of it is what the machine keeps back is asked of each machine. */
function memory(kubelet: Tree, add: Add): void {
  const seen = new Set<string>();
  for (const [i, one] of list(kubelet, "reservedMemory").entries())
    for (const [name, value] of Object.entries(below((one ?? {}) as Tree, "limits"))) {
      const path = `reservedMemory[${i}].limits.${printable(name)}`;
      const key = `${at(one, "numaNode") ?? 0} ${name}`;
      if (name !== "memory" && !name.startsWith("hugepages-"))
        add(path, "no such memory can be reserved", "use memory or hugepages-<size>");
      else if (!(amount(String(value)) > 0)) add(path, `${shown(value)} is none`, "use more than 0, for example 1Gi");
      else if (seen.has(key)) add(path, "this NUMA node has it already", "name each once");
      seen.add(key);
    }
}

/** The CPUs of a list such as `0-1,4`; undefined where it is none. */
export function cpusOf(set: string): number[] | undefined {
  const parts = set.split(",").map((part) => /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part));
  if (!parts.every((part) => part !== null && Number(part[1]) <= Number(part[2] ?? part[1]))) return undefined;
  return parts.flatMap((part) => {
    const [from, to] = [Number(part?.[1]), Number(part?.[2] ?? part?.[1])];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
