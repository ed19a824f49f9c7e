import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../../sdks/kubernetes/api";
import { capabilitiesOf } from "../../site/description/hypervisors";
import type { Problem } from "../../site/description/problem";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { nodesOf } from "../../site/plan/roles";
import { takesConnections } from "../takesConnections";
import { PAUSE, TRIES, untilAnswered } from "./untilAnswered";

/** Machines of the site that are not there, and nodes that are not Ready. What has just been changed has some seconds to come to rest. */
export async function absentMachines(plan: SitePlan, api: Api, stack: string): Promise<Map<string, Problem>> {
  for (let tries = 1; ; tries++) {
    const absent = await untilAnswered(() => look(plan, api, stack));
    if (absent.size === 0 || tries === TRIES) return absent;
    // A machine may be starting again.
    await sleep(PAUSE);
  }
}

async function look(plan: SitePlan, api: Api, stack: string): Promise<Map<string, Problem>> {
  const [answering, ready] = await Promise.all([
    Promise.all(
      plan.machines.map(async (machine) => ((await takesConnections(machine.address)) ? [machine.name] : [])),
    ),
    readyNodes(api),
  ]);
  const reached = new Set(answering.flat());
  const nodes = new Set(nodesOf(plan).map(({ name }) => name));
  return new Map(
    plan.machines.flatMap((machine): [string, Problem][] => {
      const { name, host } = machine;
      const path = `machines.${name}`;
      if (!reached.has(name))
        return [[name, { path, fact: `it does not answer, on ${host}`, fix: whatToDo(plan, machine, stack) }]];
      if (!nodes.has(name) || ready.has(name)) return [];
      return [[name, { path, fact: "its node is not Ready", fix: "look at `journalctl -u kubelet` there" }]];
    }),
  );
}

function whatToDo({ spec }: SitePlan, { existing, name }: MachinePlan, stack: string): string {
  const { makesMachines } = capabilitiesOf(spec.hypervisor.kind);
  if (existing || !makesMachines) return "power it on, or see that this machine reaches it by SSH";
  return `power it on, or see that this machine reaches it by SSH; if it is gone for good, \`groundwork recover --stack ${stack} --gone ${name} --yes\` gives it up, and \`pulumi up\` makes it again`;
}

interface KubernetesNode {
  metadata: { name: string };
  status: { conditions?: { type: string; status: string }[] };
}

async function readyNodes(api: Api): Promise<Set<string>> {
  const { items } = await api.get<{ items: KubernetesNode[] }>("/api/v1/nodes");
  const ready = items.filter(({ status }) =>
    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
  );
  return new Set(ready.map(({ metadata }) => metadata.name));
}
