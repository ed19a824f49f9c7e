import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../../../sdks/kubernetes/api";
import { replicated } from "./replicated";
import type { RunningSite } from "./site";

const namespace = "groundwork-probe";
/** Milliseconds between two questions. */
const PACE = 1000;

interface Pod {
  metadata: { name: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { podIP?: string; conditions?: { type: string; status: string }[] };
}

export interface PodReport {
  /** Questions of a pod that a pod on another node answered. */
  answered: number;
  /** Milliseconds between two of them, at most; or that one node's pods did not answer another one's, if that was longer. */
  longestGap: number;
}

/**
 * Pods that ask one another over the pods' network, from node to node, as long as it goes on: two at least of which one may be away,
 * spread over the nodes. The question is handed to a pod by the API, through the site's address.
 */
export class PodTraffic {
  private answered = 0;
  private longest = 0;
  private last = Date.now();
  /** Which pair of nodes is asked next. */
  private turn = 0;
  /** Since when the pods of a pair of nodes do not answer one another. */
  private readonly silent = new Map<string, number>();
  private going = true;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly site: RunningSite,
    private readonly api: Api,
  ) {
    this.loop = this.ask();
  }

  /** @throws Error if the pods do not come up */
  static async start(site: RunningSite, kubeconfig: string): Promise<PodTraffic> {
    await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(workload()) });
    await site.run(
      "kubectl",
      ["-n", namespace, "wait", "--for=condition=Available", "deployment/probe", "--timeout=240s"],
      { seconds: 300 },
    );
    return new PodTraffic(site, new Api(kubeconfig, 4000));
  }

  /** What was seen since the start or the last lap; it goes on. */
  lap(): PodReport {
    const now = Date.now();
    const gaps = [this.longest, now - this.last, ...[...this.silent.values()].map((since) => now - since)];
    const report = { answered: this.answered, longestGap: Math.max(...gaps) };
    [this.answered, this.longest, this.last] = [0, 0, Date.now()];
    return report;
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.loop;
    this.api.close();
    await this.site.attempt("kubectl", ["delete", "namespace", namespace, "--wait=false"]);
  }

  private async ask(): Promise<void> {
    for (; this.going; await sleep(PACE)) {
      if (!(await this.askOnce().catch(() => false))) continue;
      this.answered++;
      this.longest = Math.max(this.longest, Date.now() - this.last);
      this.last = Date.now();
    }
  }

  /** Asks over the next pair of nodes. On one node alone there is no way between nodes. */
  private async askOnce(): Promise<boolean> {
    const { items } = await this.api.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
    const ready = items.filter(
      ({ metadata, status }) =>
        !metadata.deletionTimestamp && status.conditions?.some((is) => is.type === "Ready" && is.status === "True"),
    );
    const byNode = new Map(ready.map((pod) => [pod.spec.nodeName ?? "", pod]));
    const pods = [...byNode.values()];
    const pairs = pods.flatMap((from) =>
      pods.filter((to) => to !== from || pods.length === 1).map((to) => ({ from, to })),
    );
    const nameOf = ({ from, to }: { from: Pod; to: Pod }) => `${from.metadata.name} ${to.metadata.name}`;
    const known = new Set(pairs.map(nameOf));
    for (const name of this.silent.keys()) if (!known.has(name)) this.heard(name);
    const pair = pairs[this.turn++ % pairs.length];
    if (pair === undefined) return false;
    const answers = await this.answers(pair.from, pair.to).catch(() => false);
    if (answers) this.heard(nameOf(pair));
    else if (!this.silent.has(nameOf(pair))) this.silent.set(nameOf(pair), Date.now());
    return answers;
  }

  private async answers(from: Pod, to: Pod): Promise<boolean> {
    const dial = `dial?host=${to.status.podIP}&port=8080&protocol=http&request=hostname&tries=1`;
    const { responses } = await this.api.get<{ responses?: string[] }>(
      `/api/v1/namespaces/${namespace}/pods/${from.metadata.name}:8080/proxy/${dial}`,
    );
    return responses?.[0] === to.metadata.name;
  }

  /** Of a pair of which one has ended nothing more is wanted. */
  private heard(pair: string): void {
    const since = this.silent.get(pair);
    this.silent.delete(pair);
    if (since !== undefined) this.longest = Math.max(this.longest, Date.now() - since);
  }
}

function workload(): object {
  const spread = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { app: "probe" } },
  };
  return replicated("probe", namespace, 4, { topologySpreadConstraints: [spread], terminationGracePeriodSeconds: 5 });
}
