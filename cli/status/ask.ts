import { Api } from "../../sdks/kubernetes/api";
import { kmsOf } from "../../site/description/kms";
import type { SiteSpec } from "../../site/description/spec";
import type { Facts } from "../../site/facts/model";
import { userOf } from "../backup/running";
import { SshLogin } from "../backup/ssh";
import { answerOf, question } from "./question";
import { askQuotas } from "./quotas";
import type { MachineSeen, NodeSeen, SiteSeen } from "./seen";

/** Seconds that a machine or the API has for its answer. */
const PATIENCE = 3;

/** Of more machines than this, workers are known by the API alone. */
const MOST_ASKED = 60;

/** How the site that stands is reached. */
export interface Access {
  kubeconfig: string;
  sshPrivateKey: string;
  sshKnownHosts: string;
}

/** Asks the API and the machines, all at once; who does not answer is told as that. */
export async function ask(
  facts: Facts,
  spec: SiteSpec,
  access: Access,
): Promise<Pick<SiteSeen, "nodes" | "machines" | "quotas">> {
  const login = new SshLogin(access.sshPrivateKey, access.sshKnownHosts, userOf(spec), PATIENCE);
  const all = facts.machines.length <= MOST_ASKED;
  const asked = facts.machines.filter(({ role }) => all || role !== "worker");
  try {
    const [nodes, quotas, ...answers] = await Promise.all([
      askNodes(access.kubeconfig),
      facts.quotas && askQuotas(access.kubeconfig, PATIENCE * 1000),
      ...asked.map(({ role, address = "" }) => {
        const script = question(role, address, {
          virtual: facts.network.vip,
          isWatched: facts.monitoring !== undefined,
          hasKms: kmsOf(spec) !== undefined,
        });
        return askMachine(login, address, script);
      }),
    ]);
    const machines = Object.fromEntries(asked.map(({ name }, i) => [name, answers[i] as MachineSeen]));
    return { nodes, machines, ...(quotas && { quotas }) };
  } finally {
    login.close();
  }
}

async function askMachine(login: SshLogin, address: string, script: string): Promise<MachineSeen> {
  const { code, stdout, stderr } = await login.run(address, `timeout ${PATIENCE} bash -c ${quoted(script)}`);
  if (code === 0) return { answers: true, ...answerOf(stdout) };
  return { answers: false, problem: stderr.trim().split("\n").at(-1) || `its answer broke off (exit code ${code})` };
}

async function askNodes(kubeconfig: string): Promise<SiteSeen["nodes"]> {
  const api = new Api(kubeconfig, PATIENCE * 1000);
  try {
    const { items } = await api.get<{ items: KubernetesNode[] }>("/api/v1/nodes");
    return items.map(nodeSeen).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    return { problem: (error as Error).message };
  } finally {
    api.close();
  }
}

interface KubernetesNode {
  metadata: { name: string };
  spec: { unschedulable?: boolean };
  status: { conditions?: { type: string; status: string }[]; nodeInfo: { kubeletVersion: string } };
}

function nodeSeen({ metadata, spec, status }: KubernetesNode): NodeSeen {
  return {
    name: metadata.name,
    ready: status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false,
    version: status.nodeInfo.kubeletVersion,
    cordoned: spec.unschedulable === true,
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
