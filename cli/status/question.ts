import type { MachineSaid } from "./seen";

const SERVICES: Record<string, readonly string[]> = {
  etcd: ["etcd"],
  events: ["etcd"],
  "network-store": ["etcd"],
  "control-plane": ["kubelet", "containerd"],
  "load-balancer": ["haproxy", "keepalived"],
  worker: ["kubelet", "containerd"],
};

/** A script that has a machine tell how it is, a line each: what, and what is said, between tabs. */
export function question(role: string, address: string, virtual: string | undefined): string {
  const etcd = SERVICES[role]?.includes("etcd")
    ? `export ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key
say member "$(etcdctl --command-timeout=2s --endpoints=https://${address}:2379 endpoint status --write-out=json 2>/dev/null)"
say backup "$(tr -d '\\n\\t' </var/lib/groundwork/backup.json 2>/dev/null)"
`
    : "";
  const holder =
    role === "load-balancer" && virtual !== undefined
      ? `say holds "$(ip -4 -oneline address show to ${virtual}/32 2>/dev/null | wc -l)"\n`
      : "";
  return `set -u
say() { printf '%s\\t%s\\n' "$1" "$2"; }
for service in ${SERVICES[role]?.join(" ") ?? ""}; do
  systemctl is-active --quiet "$service" || say stopped "$service"
done
${etcd}${holder}`;
}

/** What a machine's answer says. */
export function answerOf(text: string): MachineSaid {
  const said: MachineSaid = { stopped: [] };
  for (const [what = "", value = ""] of text.split("\n").map((line) => line.split("\t"))) {
    if (what === "stopped") said.stopped.push(value);
    if (what === "holds") said.holdsAddress = value.trim() !== "0";
    if (what === "member") said.member = memberIn(value);
    if (what === "backup") Object.assign(said, backupIn(value));
  }
  return said;
}

function memberIn(text: string): MachineSaid["member"] {
  // Ids are numbers of 64 bits, of which JavaScript keeps 53: they are read as text.
  const exact = text.replace(/"(member_id|leader)":(\d+)/g, '"$1":"$2"');
  const [first] = parsed<{ Status: Record<string, unknown> & { header?: { member_id?: string } } }[]>(exact) ?? [];
  if (first === undefined) return { problem: "etcd does not answer" };
  const { header, leader, version, dbSize, isLearner, errors } = first.Status;
  return {
    id: String(header?.member_id ?? ""),
    leader: String(leader ?? "0"),
    version: String(version ?? ""),
    bytes: Number(dbSize ?? 0),
    learner: isLearner === true,
    errors: Array.isArray(errors) ? errors.map(String) : [],
  };
}

function backupIn(text: string): Pick<MachineSaid, "backup"> {
  const state = parsed<{ last: { time: string } | null; attempt?: { ok: boolean; message: string } }>(text);
  if (state === undefined) return {};
  const { last, attempt } = state;
  return {
    backup: { time: last?.time ?? null, ...(attempt?.ok === false && { failed: attempt.message }) },
  };
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
