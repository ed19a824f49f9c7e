import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../../components/Site";
import { Api, WritableApi } from "../../sdks/kubernetes/api";
import { formatProblem, type Problem } from "../../site/description/problem";
import type { SitePlan } from "../../site/plan/model";
import { nodesOf } from "../../site/plan/roles";
import { absentMachines } from "./machines";
import { probePods } from "./podProbe";
import { untilAnswered } from "./untilAnswered";

/** Milliseconds that the API has for an answer of its own, and for one of a pod, to which it passes a question on. */
const PATIENCE = { api: 15_000, pod: 4000 };
const CONNECTIONS = 16;
/** Milliseconds that the metrics API has to come up. */
const METRICS_PATIENCE = 60_000;

/**
 * Looks at a site once it is made: its machines are there, its nodes Ready, pods reach one another over every pair of nodes and
 * a Service by name and address, and the metrics API answers. At each `up`, also at one that changes nothing: what broke since is
 * no change. `groundwork:health: false` in the stack's configuration leaves it out. A preview does not ask.
 *
 * Pods are asked while the last add-ons start. The program fails with every problem at once; what was made stays made, and is told
 * in the stack's outputs.
 */
export function lookAfter(config: pulumi.Config, site: Site): void {
  if (pulumi.runtime.isDryRun() || !(config.getBoolean("health") ?? true)) return;
  const once = (known: pulumi.Output<unknown>, ask: (kubeconfig: string) => Promise<Problem[]>) =>
    pulumi.all([known, site.kubeconfig]).apply(([, kubeconfig]) => ask(kubeconfig));
  pulumi
    .all([
      once(site.connected, (kubeconfig) => nodeProblems(site.plan, kubeconfig)),
      once(site.complete, metricsProblems),
    ])
    .apply(async (told) => {
      const problems = told.flat();
      if (problems.length === 0) return;
      await pulumi.log.error([`${site.plan.site}: it is not healthy`, ...problems.map(formatProblem)].join("\n"));
      // An error that is thrown here is shown with a stack trace. With this exit code the engine knows that the reason was told.
      process.exitCode = TOLD;
    });
}

/** Of a program that has told why it fails: https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/run/index.ts */
const TOLD = 32;

async function nodeProblems(plan: SitePlan, kubeconfig: string): Promise<Problem[]> {
  const api = new WritableApi(kubeconfig, PATIENCE.api, CONNECTIONS);
  const pods = new Api(kubeconfig, PATIENCE.pod, CONNECTIONS);
  try {
    const absent = await absentMachines(plan, api, pulumi.getStack());
    const nodes = nodesOf(plan).flatMap(({ name }) => (absent.has(name) ? [] : [name]));
    const probed = await untilAnswered(() => probePods({ api, pods }, plan, nodes));
    for (const note of probed.notes) void pulumi.log.warn(note);
    return [...absent.values(), ...probed.problems];
  } catch (error) {
    const fix = "see docs/operator.md, or the site's runbook";
    return [{ path: "endpoint", fact: `the API does not answer (${(error as Error).message})`, fix }];
  } finally {
    api.close();
    pods.close();
  }
}

async function metricsProblems(kubeconfig: string): Promise<Problem[]> {
  const api = new Api(kubeconfig, PATIENCE.api, CONNECTIONS);
  try {
    return await askMetrics(api);
  } finally {
    api.close();
  }
}

async function askMetrics(api: Api): Promise<Problem[]> {
  for (const end = Date.now() + METRICS_PATIENCE; ; await sleep(1000)) {
    const said = await api.read("/apis/metrics.k8s.io/v1beta1/nodes").then(
      ({ status }) => (status === 200 ? undefined : `it answers with ${status}`),
      (error: Error) => error.message,
    );
    if (said === undefined) return [];
    if (Date.now() > end)
      return [{ path: "metrics API", fact: said, fix: "see `kubectl -n kube-system logs -l k8s-app=metrics-server`" }];
  }
}
