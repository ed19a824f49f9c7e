# Common to control planes and workers: container runtime, pod network, kubelet. The header sets ENDPOINT (https://…),
# KUBERNETES_VERSION, NODE_LABELS (JSON), CGROUP_DRIVER and SANDBOX_IMAGE.
# shellcheck shell=bash

version() {
  holds kubeadm "$KUBERNETES_VERSION" "$(kubeadm version --output short | tr -d v)"
  holds kubelet "$KUBERNETES_VERSION" "$(kubelet --version | sed 's/.* v//')"
}

# kube-proxy reads its files when it starts. Its container is started again by the kubelet.
proxy() {
  changed kube-proxy || return 0
  [[ ! -f $STATE/applied/kube-proxy ]] || pkill -x kube-proxy || true
  applied kube-proxy
}

# Containers go on while containerd is restarted for a proxy that came, changed or went.
runtime() {
  if ! active containerd; then
    enable containerd
    systemctl start containerd
  elif { reads containerd || [[ -f $STATE/applied/containerd ]]; } && changed containerd; then
    systemctl restart containerd
  fi
  wait_for 60 "containerd answers" "see \`journalctl -u containerd\`" test -S /run/containerd/containerd.sock
  if reads containerd || [[ -f $STATE/applied/containerd ]]; then applied containerd; fi
  [[ -f $STATE/applied/kubelet ]] || runtime_in_force
  registry_in_force
  runs_programs
}

# Pods have their volumes there, and kube-router the program that leaves kube-proxy's filters alone: without it that goes on silently.
runs_programs() {
  ! findmnt --noheadings --output OPTIONS --target /var/lib/kubelet | grep -qw noexec ||
    say "/var/lib/kubelet is mounted noexec: no pod runs a program of a volume, and where NetworkPolicy is enforced a Service's first pod may be refused here for up to an hour; mount it with exec"
}

# What is in force of containerd's configuration, not what its file says: a key of an older format than the file names is left out
# without a word that anyone reads.
runtime_in_force() {
  local config=/etc/containerd/config.toml dump sandbox
  dump=$(containerd config dump 2>/dev/null) || fail "containerd does not read $config; see what \`containerd config dump\` says"
  ! grep -Eq "^disabled_plugins = .*['\"](cri|io\.containerd\.(grpc|cri)\.v1\.(cri|images|runtime))['\"]" <<<"$dump" ||
    fail "containerd does not serve a kubelet, as $config disables that; take cri out of disabled_plugins there and restart containerd"
  [[ $CGROUP_DRIVER != systemd ]] || grep -Eq '^ *SystemdCgroup = true$' <<<"$dump" ||
    fail "SystemdCgroup is not in force in containerd, but systemd has the machine's control groups; set it in the section of the format that $config names (\`containerd config dump\` shows what is in force) and restart containerd"
  sandbox=$(sed -nE "s/^ *sandbox(_image)? = ['\"](.*)['\"]\$/\2/p" <<<"$dump")
  [[ $sandbox == "$SANDBOX_IMAGE" || $SANDBOX_IMAGE == registry.k8s.io/* ]] ||
    [[ -n $(ctr --namespace k8s.io images list --quiet "name==$sandbox") ]] ||
    fail "containerd starts pods from ${sandbox:-an image that it does not name}, which this machine does not hold and kubernetes.imageRepository is not asked for; set $SANDBOX_IMAGE as its sandbox image in $config and restart containerd"
}

# Where the description says what containerd asks for images, it has to read that: else it goes on to ask outside.
registry_in_force() {
  reads registry-client && changed registry-client || return 0
  containerd config dump 2>/dev/null | grep -Eq "^ *config_path = ['\"]([^'\"]*:)?/etc/containerd/certs\.d/?[:'\"]" ||
    fail "containerd does not read /etc/containerd/certs.d, where it is told which registry to ask; set config_path to that in the section of its registries (\`containerd config dump\` shows what is in force) and restart containerd"
  applied registry-client
}

forwarding() {
  [[ $(cat /proc/sys/net/ipv4/ip_forward) == 1 ]] ||
    fail "the kernel does not forward packets; allow net.ipv4.ip_forward=1 on this machine"
}

# Without name servers in the description the machine's own are used: those behind a resolver that only listens on the machine
# itself, as pods do not reach that one.
resolver() {
  local file=/etc/kubernetes/resolv.conf source
  ! grep -q " $file " <<<"$FILES" || return 0
  for source in /etc/resolv.conf /run/systemd/resolve/resolv.conf /run/NetworkManager/no-stub-resolv.conf; do
    grep -Eq '^nameserver[[:space:]]+[0-9a-fA-F]' "$source" 2>/dev/null || continue
    ! grep -Eq '^nameserver[[:space:]]+(127\.|::1([[:space:]]|$))' "$source" || continue
    mkdir -p "${file%/*}"
    ln -sfn "$source" "$file"
    return 0
  done
  fail "network.nameservers: it is empty, and this machine knows no name server that its pods reach (/etc/resolv.conf); list one or more DNS servers"
}

pod_network() {
  reads pod-network || return 0
  enable groundwork-pod-network
  if changed pod-network || ! active groundwork-pod-network; then
    systemctl restart groundwork-pod-network ||
      fail "the routes to other nodes' pods could not be set; see \`journalctl -u groundwork-pod-network\`"
    applied pod-network
  fi
}

kubelet_healthy() { http_ok 10248 /healthz; }

start_kubelet() {
  enable kubelet
  if ! active kubelet; then
    say "starting the kubelet"
    systemctl reset-failed kubelet 2>/dev/null || true
    systemctl start kubelet
  elif changed kubelet; then
    say "restarting the kubelet"
    systemctl restart kubelet
  fi
}

wait_for_kubelet() {
  wait_for 120 "the kubelet is healthy" "see \`journalctl -u kubelet\`" kubelet_healthy
  applied kubelet
}

# api_ready URL [PATH]: over TLS, verified with the cluster's authority.
api_ready() {
  [[ $(curl --silent --max-time 3 --noproxy '*' --cacert /etc/kubernetes/pki/ca.crt "$1${2:-/readyz}") == ok ]]
}

as_node() { kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=10s "$@"; }

# Registered as this very machine with its labels, which a kubelet sets of a new node only, and Ready where that takes nothing that comes later.
registered() {
  local status
  as_node patch node "$MACHINE" --type merge \
    --patch "{\"metadata\": {\"annotations\": {\"groundwork.local/identity\": \"$IDENTITY\"}, \"labels\": $NODE_LABELS}}"
  [[ $NETWORK_FROM_START == yes ]] || return 0
  status=$(as_node get node "$MACHINE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
  [[ $status == True ]]
}
