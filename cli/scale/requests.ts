import { amount } from "../../site/description/kubernetes/fieldTypes";
import type { Pod, PodMetrics } from "./kubernetes";
import type { Amounts } from "./model";

const GIB = 2 ** 30;
const RESOURCES = ["cpu", "memory"] as const;
type Written = Record<string, string> | undefined;

export function amountsOf(written: Written, pods = 0): Amounts {
  return { cpus: quantity(written, "cpu"), memoryGiB: quantity(written, "memory") / GIB, pods };
}

/**
 * What the scheduler counts for a pod: its containers together with the sidecars, or where that is more, one init container with the
 * sidecars before it; what the pod says of itself instead; and its overhead.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function requestsOf({ spec }: Pod): Amounts {
  const [cpu, memory] = RESOURCES.map((resource) => {
    let [sidecars, most] = [0, 0];
    for (const { resources, restartPolicy } of spec.initContainers ?? []) {
      const wants = quantity(resources?.requests, resource);
      if (restartPolicy === "Always") sidecars += wants;
      most = Math.max(most, restartPolicy === "Always" ? sidecars : sidecars + wants);
    }
    const running = spec.containers.reduce(
      (sum, { resources }) => sum + quantity(resources?.requests, resource),
      sidecars,
    );
    const own = spec.resources?.requests?.[resource];
    return (own === undefined ? Math.max(most, running) : amount(own)) + quantity(spec.overhead, resource);
  });
  return { cpus: cpu ?? 0, memoryGiB: (memory ?? 0) / GIB, pods: 1 };
}

export function usageOf({ containers }: PodMetrics): Omit<Amounts, "pods"> {
  const [cpus = 0, memory = 0] = RESOURCES.map((resource) =>
    containers.reduce((sum, { usage }) => sum + quantity(usage, resource), 0),
  );
  return { cpus, memoryGiB: memory / GIB };
}

function quantity(written: Written, resource: string): number {
  const value = amount(written?.[resource] ?? "0");
  return Number.isNaN(value) ? 0 : value;
}
