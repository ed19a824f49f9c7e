import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiError, type WritableApi } from "../../sdks/kubernetes/api";
import type { Problem } from "../../site/description/problem";
import type { SitePlan } from "../../site/plan/model";
import {
  answeringCorefile,
  askingCorefile,
  LABEL,
  NAMESPACE,
  type Owner,
  type ProbedNode,
  type ProbeKind,
  probeConfiguration,
  probeOwner,
  probePod,
} from "../../site/render/podProbe";
import { askPods } from "./podQuestions";

/** Milliseconds that the pods have to run: on a node that has not run CoreDNS yet its image is fetched. */
const START_PATIENCE = 90_000;

export interface Probed {
  problems: Problem[];
  /** Why something could not be asked. */
  notes: string[];
}

/**
 * Puts a pod on each of these nodes that answers, and one that asks all of them and the cluster's DNS: every pair of nodes, through
 * the pods' network alone. All is taken away again, by the cluster itself if this program is ended.
 */
export async function probePods(
  { api, pods }: { api: WritableApi; pods: Api },
  plan: SitePlan,
  nodes: readonly string[],
): Promise<Probed> {
  const paths = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const jobs = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;
  let owner: Owner | undefined;
  try {
    owner = await api.create<Owner>(jobs, probeOwner(plan));
    const answering = await new Pods(api, plan, owner, "answers").start(nodes, answeringCorefile());
    const asking = await new Pods(api, plan, owner, "asks").start(
      answering.running.map(({ node }) => node),
      askingCorefile(plan, answering.running),
    );
    return {
      problems: [
        ...answering.problems,
        ...asking.problems,
        ...(await askPods(pods, plan, {
          answering: answering.running,
          asking: asking.running.map(({ node, name }) => ({ node, path: `${paths}/${name}` })),
        })),
      ],
      notes: [...answering.notes, ...asking.notes],
    };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { problems: [], notes: [`pods were not asked whether they reach one another: ${error.message}`] };
  } finally {
    if (owner) await api.delete(`${jobs}/${owner.metadata.name}`).catch(() => {});
  }
}

interface RunningPod extends ProbedNode {
  name: string;
}

interface Pod {
  metadata: { name: string };
  spec: { nodeName: string };
  status: { phase?: string; podIP?: string; reason?: string; containerStatuses?: ContainerStatus[] };
}

interface ContainerStatus {
  state?: { waiting?: { reason?: string } };
}

/** The pods of one kind, one on each node. */
class Pods {
  constructor(
    private readonly api: WritableApi,
    private readonly plan: SitePlan,
    private readonly owner: Owner,
    private readonly kind: ProbeKind,
  ) {}

  /** Resolves once all run, have ended or have had their time. */
  async start(nodes: readonly string[], corefile: string): Promise<Probed & { running: RunningPod[] }> {
    const { api, plan, owner, kind } = this;
    const namespace = `/api/v1/namespaces/${NAMESPACE}`;
    await api.create(`${namespace}/configmaps`, probeConfiguration(owner, kind, corefile));
    const made = await Promise.all(
      nodes.map((node, index) => api.create<Pod>(`${namespace}/pods`, probePod(plan, owner, kind, node, index))),
    );
    const names = new Set(made.map(({ metadata }) => metadata.name));
    const selector = encodeURIComponent(`${LABEL}=${owner.metadata.name}`);
    for (const end = Date.now() + START_PATIENCE; ; await sleep(250)) {
      const { items } = await api.get<{ items: Pod[] }>(`${namespace}/pods?labelSelector=${selector}`);
      const pods = items.filter(({ metadata }) => names.has(metadata.name));
      const waiting = pods.filter(({ status }) => !isRunning(status) && status.phase !== "Failed");
      if (waiting.length > 0 && Date.now() < end) continue;
      return {
        running: pods
          .flatMap(({ metadata, spec, status }) =>
            isRunning(status) ? [{ name: metadata.name, node: spec.nodeName, address: status.podIP ?? "" }] : [],
          )
          .sort((a, b) => (a.node < b.node ? -1 : 1)),
        problems: waiting.map(({ spec, status }) => ({
          path: `machines.${spec.nodeName}`,
          fact: `a pod does not start there within ${START_PATIENCE / 1000} s (${reasonOf(status)})`,
          fix: "look at `journalctl -u kubelet -u containerd` there",
        })),
        notes: pods.flatMap(({ spec, status }) =>
          status.phase === "Failed"
            ? [`${spec.nodeName} refuses a further pod (${status.reason}): its network was not asked`]
            : [],
        ),
      };
    }
  }
}

function isRunning({ phase, podIP }: Pod["status"]): boolean {
  return phase === "Running" && podIP !== undefined;
}

function reasonOf({ phase, containerStatuses }: Pod["status"]): string {
  return containerStatuses?.[0]?.state?.waiting?.reason ?? phase ?? "unknown";
}
