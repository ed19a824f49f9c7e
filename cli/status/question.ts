import { ALERTS_QUESTION, alertsIn } from "./alerts";
import { kmsQuestion } from "./kms";
import type { MachineSaid } from "./seen";

const SERVICES: Record<string, readonly string[]> = {
  etcd: ["etcd"],
  events: ["etcd"],
  "network-store": ["etcd"],
  "control-plane": ["kubelet", "containerd"],
  "load-balancer": ["haproxy", "keepalived"],
  worker: ["kubelet", "containerd"],
};

const FSYNC = "etcd_disk_wal_fsync_duration_seconds";

/** What a question depends on beside the machine. */
interface Asked {
  /** The address that load balancers hold. */
  virtual?: string;
  /** Whether control planes watch the site. */
  isWatched?: boolean;
  /** Whether a KMS encrypts secrets, by a plugin on each control plane. */
  hasKms?: boolean;
}

/** A script that has a machine tell how it is, a line each: what, and what is said, between tabs. */
export function question(role: string, address: string, { virtual, isWatched, hasKms }: Asked): string {
  const etcd = SERVICES[role]?.includes("etcd")
    ? `export ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key
say member "$(etcdctl --command-timeout=2s --endpoints=https://${address}:2379 endpoint status --write-out=json 2>/dev/null)"
say fsync "$(curl --silent --max-time 1 --noproxy '*' http://127.0.0.1:2381/metrics | sed -n 's/^${FSYNC}_bucket{le="\\([^"]*\\)"} /\\1=/p' | tr '\\n' ' ')"
say backup "$(tr -d '\\n\\t' </var/lib/groundwork/backup.json 2>/dev/null)"
`
    : "";
  const holder =
    role === "load-balancer" && virtual !== undefined
      ? `say holds "$(ip -4 -oneline address show to ${virtual}/32 2>/dev/null | wc -l)"\n`
      : "";
  const alerts = role === "control-plane" && isWatched ? ALERTS_QUESTION : "";
  const kms = role === "control-plane" && hasKms ? kmsQuestion(address) : "";
  return `set -u
say() { printf '%s\\t%s\\n' "$1" "$2"; }
for service in ${SERVICES[role]?.join(" ") ?? ""}; do
  systemctl is-active --quiet "$service" || say stopped "$service"
done
${etcd}${holder}${kms}${alerts}`;
}

/** What a machine's answer says. */
export function answerOf(text: string): MachineSaid {
  const said: MachineSaid = { stopped: [] };
  let fsyncMs: number | undefined;
  for (const [what = "", value = ""] of text.split("\n").map((line) => line.split("\t"))) {
    if (what === "stopped") said.stopped.push(value);
    if (what === "holds") said.holdsAddress = value.trim() !== "0";
    if (what === "member") said.member = memberIn(value);
    if (what === "fsync") fsyncMs = slowest(value);
    if (what === "kms" && value !== "") said.kmsAnswers = value === "+";
    if (what === "alerts") Object.assign(said, { alerts: alertsIn(value) });
    if (what === "backup") Object.assign(said, backupIn(value));
  }
  if (said.member && !("problem" in said.member) && fsyncMs !== undefined) said.member.fsyncMs = fsyncMs;
  return said;
}

/**
 * The 99th percentile of a histogram, as Prometheus reckons it, in milliseconds with one decimal place; none of one that counted nothing.
 *
 * @param text its buckets as Prometheus writes them, `0.001=12 0.002=40 … +Inf=41`: seconds, and how many took no longer
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
function slowest(text: string): number | undefined {
  const buckets = text
    .split(" ")
    .map((bucket) => bucket.split("="))
    .map(([limit = "", count = ""]) => ({ limit: limit === "+Inf" ? Infinity : Number(limit), count: Number(count) }))
    .filter(({ limit, count }) => limit > 0 && count >= 0);
  const rank = 0.99 * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= rank);
  const [below = { limit: 0, count: 0 }, bucket] = [buckets[at - 1], buckets[at]];
  if (rank === 0 || bucket === undefined) return undefined;
  const share = (rank - below.count) / (bucket.count - below.count);
  const seconds = bucket.limit === Infinity ? below.limit : below.limit + (bucket.limit - below.limit) * share;
  return Math.round(seconds * 10_000) / 10;
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
