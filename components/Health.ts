import { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import type { SitePlan } from "../site/plan";
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

/**
 * Fails unless every planned node is Ready, every etcd member is healthy, each control plane answers and so does the
 * endpoint clients use; then takes away what an upgrade left. Asked from the first control plane with the clients that are there.
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

function healthScript(plan: SitePlan): string {
  const of = (role: string) => plan.machines.filter((machine) => machine.role === role);
  const nodes = [...of("control-plane"), ...of("worker")].map((machine) => machine.name).sort();
  // The network add-on's store has an authority of its own, whose keys no control plane holds: its members check themselves.
  const members = [...of("etcd"), ...of("events")];
  const servers = [
    { name: "endpoint", url: `https://${plan.endpoint.host}:${plan.endpoint.port}` },
    ...of("control-plane").map(({ name, address }) => ({ name, url: `https://${address}:6443` })),
  ];
  return `set -u
export KUBECONFIG=/etc/kubernetes/admin.conf
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
      echo "\${server%%=*}: \${server#*=}/readyz does not answer ok; look at kube-apiserver and haproxy"
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
  if [[ ! $problems ]]; then
    retire
    echo "${nodes.length} nodes Ready, ${members.length} etcd members healthy, ${plan.endpoint.host} answers"
    exit 0
  fi
  sleep 0.5
done
echo "$problems" >&2
exit 1
`;
}
