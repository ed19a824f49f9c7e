import { setTimeout as sleep } from "node:timers/promises";
import { RESTORE_FILE, RESTORE_SNAPSHOT, type Restore, restoreText } from "../../site/life/restore";
import { SshLogin } from "../backup/ssh";
import type { PulumiStack } from "../stack/pulumi";
import type { StateResource } from "../stack/state";
import { resourcesOf } from "./state";

/** A machine of the site that is being made, as the stack's state tells of it. */
interface MadeMachine {
  name: string;
  role: string;
  address: string;
  existing?: { hostKey: string };
}

export interface BringOptions {
  stack: PulumiStack;
  restore: Restore;
  /** The file to bring. */
  snapshot: string;
  /** The login on every machine. */
  privateKey: string;
  user: (address: string) => string;
  /** Set when `up` has ended: nothing more will be made. */
  ended: () => boolean;
  progress: (line: string) => void;
}

/** When things happened, in milliseconds since the epoch. */
export interface Times {
  machines?: number;
  data?: number;
  api?: number;
}

/**
 * Goes along with the `up` that makes the machines of a restored site: brings the snapshot to each member of etcd as soon as its
 * machine answers; then takes nodes out of the cluster that are none of the site's any more, with their pods, so that workloads
 * start elsewhere at once.
 */
export async function bringSnapshot(options: BringOptions): Promise<Times> {
  const { progress, ended } = options;
  const times: Times = {};
  const machines = await made(options);
  if (machines === undefined) return times;
  const login = new SshLogin(options.privateKey, knownHosts(machines), options.user);
  try {
    const members = machines.filter(({ role }) => role === "etcd");
    await Promise.all(members.map((member) => bring(member, login, options)));
    if (!ended()) progress("every member of etcd has the snapshot");
    times.data = Date.now();
    const planes = machines.filter(({ role }) => role === "control-plane");
    const nodes = machines.filter(({ role }) => role === "control-plane" || role === "worker").map(({ name }) => name);
    times.api = await forgetNodes(planes, nodes, login, options);
  } finally {
    login.close();
  }
  return times;
}

/** The machines with their host keys, as soon as the state has all of them. */
async function made({ stack, ended }: BringOptions): Promise<(MadeMachine & { hostKey: string })[] | undefined> {
  for (let last = false; ; last = ended()) {
    const resources = await resourcesOf(stack).catch((): StateResource[] => []);
    const keys = new Map(
      resources
        .filter(({ type }) => type === "tls:index/privateKey:PrivateKey")
        .map(({ urn, outputs }) => [urn.slice(urn.lastIndexOf("::") + 2), outputs?.publicKeyOpenssh]),
    );
    const site = resources.find(({ type }) => type === "groundwork:index:Site");
    const planned = (site?.inputs?.plan as { machines?: MadeMachine[] } | undefined)?.machines ?? [];
    const machines = planned.flatMap((machine) => {
      const key = machine.existing?.hostKey ?? keys.get(`ssh-host-${machine.name}`);
      return typeof key === "string" ? [{ ...machine, hostKey: key.trim() }] : [];
    });
    if (machines.length > 0 && machines.length === planned.length) return machines;
    if (last) return undefined;
    await sleep(1000);
  }
}

function knownHosts(machines: readonly { address: string; hostKey: string }[]): string {
  return machines.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join("");
}

async function bring(member: MadeMachine, login: SshLogin, options: BringOptions): Promise<void> {
  const { restore, snapshot, progress, ended } = options;
  // A server that exists was not told at its birth.
  const tell = member.existing
    ? `[[ -d /var/lib/etcd/data/member ]] || { mkdir -p /var/lib/groundwork; printf '%s' '${restoreText(restore)}' >${RESTORE_FILE}; }`
    : ":";
  const receive = `set -e; ${tell}; [[ -f ${RESTORE_FILE} ]] || exit 0
cat >${RESTORE_SNAPSHOT}.new; [[ $(sha256sum <${RESTORE_SNAPSHOT}.new | cut -c1-64) == ${restore.sha256} ]]
mv -f ${RESTORE_SNAPSHOT}.new ${RESTORE_SNAPSHOT}; echo has it`;
  for (;;) {
    const { code, stdout } = await login.run(member.address, receive, snapshot);
    if (code === 0) {
      progress(`${member.name}: ${stdout.includes("has it") ? "has the snapshot" : "has its data already"}`);
      return;
    }
    if (ended()) return;
    await sleep(1000);
  }
}

/** Resolves to when the API answered first. */
async function forgetNodes(
  planes: readonly MadeMachine[],
  nodes: readonly string[],
  login: SshLogin,
  { ended, progress }: BringOptions,
): Promise<number | undefined> {
  const script = `set -eu; export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl() { command kubectl --server "https://$1:6443" --request-timeout=10s "\${@:2}"; }
at=$(hostname -I | awk '{ print $1 }')
kubectl "$at" get --raw /readyz >/dev/null
for node in $(kubectl "$at" get nodes -o 'jsonpath={.items[*].metadata.name}'); do
  case " ${nodes.join(" ")} " in *" $node "*) continue ;; esac
  kubectl "$at" delete node "$node" --wait=false
  kubectl "$at" delete pods --all-namespaces --field-selector "spec.nodeName=$node" --force --grace-period=0 --wait=false 2>/dev/null | wc -l
done`;
  for (;;) {
    for (const plane of planes) {
      const { code, stdout } = await login.run(plane.address, script);
      if (code !== 0) continue;
      const gone = [...stdout.matchAll(/node "([^"]+)" deleted/g)].map(([, name]) => name);
      progress(gone.length > 0 ? `the API answers; forgot the nodes ${gone.join(", ")}` : "the API answers");
      return Date.now();
    }
    if (ended()) return undefined;
    await sleep(1000);
  }
}
