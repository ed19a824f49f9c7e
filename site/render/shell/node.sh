# Common to control planes and workers: container runtime, pod network, kubelet. The header sets ENDPOINT (https://…),
# KUBERNETES_VERSION and NODE_LABELS (JSON).
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

# api_ready URL: over TLS, verified with the cluster's authority.
api_ready() {
  [[ $(curl --silent --max-time 3 --noproxy '*' --cacert /etc/kubernetes/pki/ca.crt "$1/readyz") == ok ]]
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
