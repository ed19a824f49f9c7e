import { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import { kmsOf } from "../site/description/kms";
import { runsKubeRouter } from "../site/description/podNetwork";
import type { SitePlan } from "../site/plan/model";
import { machinesOf } from "../site/plan/roles";
import { VERSION_LABEL } from "../site/render/kubeProxy";
import type { Machine } from "./Machine";

export interface HealthArgs {
  plan: SitePlan;
  /** The control plane that asks. */
  machine: Machine;
  /** What the site is made of: the check runs again when any of it changed. */
  triggers: pulumi.Input<string>[];
}

/** How long a site may take to become healthy once all its machines are configured. */
const patienceSeconds = 300;
/** How far clocks may be apart; leases and the order of events suffer before certificates do. */
const clockSeconds = 5;

/**
 * Fails unless every planned node is Ready, every etcd member is healthy, each control plane answers and so does the
 * endpoint clients use, and their clocks agree; then takes away what an upgrade left. Asked from the first control plane with the clients that are there.
 */
export class Health extends Command {
  constructor(name: string, args: HealthArgs, opts: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        connection: args.machine.connection,
        create: "sudo bash -s",
        update: "sudo bash -s",
        stdin: healthScript(args.plan),
        triggers: args.triggers,
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }
}

/** NetworkPolicy is enforced on every node. */
const enforced = `local ready= wanted=
  read -r ready wanted < <(kubectl --request-timeout=5s --namespace kube-system get daemonset kube-router \\
    -o 'jsonpath={.status.numberReady} {.status.desiredNumberScheduled}' 2>/dev/null)
  [[ \${ready:-0} != 0 && $ready == "$wanted" ]] ||
    echo "kube-router: it is ready on \${ready:-0} of \${wanted:-0} nodes; look at kubectl -n kube-system describe pods -l k8s-app=kube-router"`;

/** What watches the site is ready on every control plane. */
function watched(plan: SitePlan): string {
  if (plan.spec.addons.monitoring === undefined) return "";
  return `watching() {
  local node ready
  for node in ${machinesOf(plan, "control-plane")
    .map(({ name }) => name)
    .join(" ")}; do
    ready=$(kubectl --request-timeout=5s --namespace kube-system get pod "groundwork-monitoring-$node" \\
      -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)
    [[ $ready == True ]] ||
      echo "$node: monitoring is not ready; look at kubectl -n kube-system describe pod groundwork-monitoring-$node"
  done
}
`;
}

/** Exits with 0 when all is well; says what is not otherwise. */
export function healthScript(plan: SitePlan): string {
  const kms = kmsOf(plan.spec);
  const of = (role: string) => plan.machines.filter((machine) => machine.role === role);
  const nodes = [...of("control-plane"), ...of("worker")].map((machine) => machine.name).sort();
  // The network add-on's store has an authority of its own, whose keys no control plane holds: its members check themselves.
  const members = [...of("etcd"), ...of("events")];
  const servers = [
    { name: "endpoint", url: `https://${plan.endpoint.host}:${plan.endpoint.port}` },
    ...of("control-plane").map(({ name, address }) => ({ name, url: `https://${address}:6443` })),
  ];
  // Servers that say what time it is: load balancers have none.
  const clocks = [
    ...members.map(({ name, address }) => `${name}=https://${address}:2379/version`),
    ...of("control-plane").map(({ name, address }) => `${name}=https://${address}:6443/readyz`),
    ...of("worker").map(({ name, address }) => `${name}=https://${address}:10250/healthz`),
  ];
  return `set -u
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export LC_ALL=C KUBECONFIG=/etc/kubernetes/admin.conf
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/apiserver-etcd-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/apiserver-etcd-client.key

# Each check prints what is wrong, or nothing.
members() {
  for member in ${members.map(({ name, address }) => `${name}=${address}`).join(" ")}; do
    etcdctl --command-timeout=5s --endpoints="https://\${member#*=}:2379" endpoint health >/dev/null 2>&1 ||
      echo "\${member%%=*}: etcd member is not healthy; look at journalctl -u etcd there"
  done
}
servers() {
  for server in ${servers.map(({ name, url }) => `${name}=${url}`).join(" ")}; do
    kubectl --request-timeout=5s --server="\${server#*=}" get --raw=/readyz >/dev/null 2>&1 ||
      echo "\${server%%=*}: \${server#*=}/readyz does not answer ok; look at kube-apiserver and haproxy${kms ? `, and whether KMS ${kms.name} answers at ${kms.socket}` : ""}"
  done
}
nodes() {
  local ready
  ready=$(kubectl --request-timeout=5s get nodes \\
    -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}' 2>&1)
  for node in ${nodes.join(" ")}; do
    grep -qx "$node=True" <<<"$ready" || echo "$node: node is not Ready; look at journalctl -u kubelet there"
  done
}
policies() {
  ${runsKubeRouter(plan.spec) ? enforced : ":"}
}
${watched(plan)}
# How many seconds each machine's clock is ahead of this one's, by the date in an answer. What is not reached is told above.
offsets() {
  local server access date before after
  for server in ${clocks.join(" ")}; do
    access=(--cacert /etc/kubernetes/pki/ca.crt)
    [[ $server != *:2379/* ]] || access=(--cacert "$ETCDCTL_CACERT" --cert "$ETCDCTL_CERT" --key "$ETCDCTL_KEY")
    before=$(date +%s)
    date=$(curl --silent --max-time 5 --noproxy '*' "\${access[@]}" --output /dev/null --dump-header - "\${server#*=}" |
      awk 'tolower($1) == "date:" { sub(/^[^ ]* /, ""); sub(/.$/, ""); print; exit }')
    after=$(date +%s)
    [[ $date ]] && date=$(date -d "$date" +%s) || continue
    echo "\${server%%=*} $((date > after ? date - after : date < before ? date - before : 0))"
  done
}
clocks() {
  local all middle name ahead advice="see \\\`chronyc tracking\\\` there, and name time servers in network.ntp"
  all=$(offsets)
  middle=$(sort -n -k 2 <<<"$all" | awk '{ all[NR] = $2 } END { print all[int((NR + 1) / 2)] + 0 }')
  while read -r name ahead; do
    ahead=$((ahead - middle))
    ((ahead <= ${clockSeconds})) || echo "$name: clock is $ahead s ahead of the other machines'; $advice"
    ((ahead >= -${clockSeconds})) || echo "$name: clock is $((-ahead)) s behind the other machines'; $advice"
  done <<<"$all"
}

# The kube-proxy of a version that no node has any more.
retire() {
  kubectl --request-timeout=5s --namespace kube-system get daemonsets \\
    --selector 'k8s-app=kube-proxy,${VERSION_LABEL}!=${plan.spec.kubernetes.version}' \\
    -o 'jsonpath={range .items[?(@.status.desiredNumberScheduled==0)]}{.metadata.name}{"\\n"}{end}' |
    xargs --no-run-if-empty kubectl --request-timeout=5s --namespace kube-system delete daemonset >/dev/null
}

problems=
while ((SECONDS < ${patienceSeconds})); do
  problems=$(servers)
  [[ $problems ]] || problems=$(members)
  [[ $problems ]] || problems=$(nodes)
  [[ $problems ]] || problems=$(policies)
${plan.spec.addons.monitoring ? "  [[ $problems ]] || problems=$(watching)\n" : ""}  if [[ ! $problems ]]; then
    problems=$(clocks)
    if [[ ! $problems ]]; then
      retire
      echo "${nodes.length} nodes Ready, ${members.length} etcd members healthy, ${plan.endpoint.host} answers"
      exit 0
    fi
    # What a time daemon does not set right at once, it does not within minutes.
    ((SECONDS < 20)) || break
  fi
  sleep 0.5
done
# A clock that is off may be why other things do not work.
off=$(clocks)
echo "\${off:-$problems}" >&2
exit 1
`;
}
