# A control plane. The header sets FIRST (yes on the one that initialises the cluster), ETCD_ENDPOINTS (with commas), and KMS and
# KMS_SOCKET to the name and the socket of the plugin that reads or writes secrets, or to nothing; READY_WITHOUT_KMS is where an
# API server says that all but secrets is ready.
# shellcheck shell=bash

COMPONENTS="kube-apiserver kube-controller-manager kube-scheduler"
MANIFESTS=/etc/kubernetes/manifests
ADVICE="see \`crictl ps -a\` and /var/log/pods on the machine${KMS:+, and whether KMS $KMS answers at $KMS_SOCKET}"

as_admin() { kubectl --kubeconfig /etc/kubernetes/admin.conf --server "https://$ADDRESS:6443" --request-timeout=10s "$@"; }

export ETCDCTL_ENDPOINTS=$ETCD_ENDPOINTS ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/apiserver-etcd-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/apiserver-etcd-client.key

etcd_answers() { etcdctl --command-timeout=3s get --keys-only --limit=1 /registry/health; }

# No API server may forget a KMS while something lies in etcd that only its key opens. One that starts again by itself reads the files
# that are there, so this comes before them.
kms() {
  local was="" left
  [[ ! -f $STATE/kms ]] || was=$(<"$STATE/kms")
  if [[ -n $was && $was != "$KMS" ]]; then
    left=$(etcdctl --command-timeout=120s get /registry/secrets/ --prefix --write-out=fields |
      awk -v mark="\"k8s:enc:kms:v2:$was:" '$1 == "\"Value\"" && index($3, mark) == 1 { left++ } END { print left + 0 }') ||
      fail "etcd does not tell whether secrets are left that KMS $was encrypted; see the etcd machines"
    [[ $left == 0 ]] ||
      fail "$left secrets are left that KMS $was encrypted; describe it again, run \`pulumi up\` with phase: write, then with phase: read"
  fi
  if [[ -n $KMS ]]; then printf '%s' "$KMS" >"$STATE/kms"; else rm -f "$STATE/kms"; fi
}

# The digest of what a component reads goes into its manifest: the kubelet then restarts it when, and only when, that changes.
patches() {
  local component
  mkdir -p /etc/kubernetes/patches
  for component in $COMPONENTS; do
    printf '{"metadata": {"annotations": {"groundwork/configuration": "%s"}}}\n' "$(digest "$component")" \
      >"/etc/kubernetes/patches/$component+merge.json"
  done
}

# In external CA mode kubeadm wants to see all kubeconfigs. The super-admin's is here only while kubeadm initialises the cluster,
# to bind the administrators' role; at any other time a copy of the administrator's satisfies it.
with_super_admin() {
  local status=0
  install -m 0600 "${SUPER_ADMIN:-/etc/kubernetes/admin.conf}" /etc/kubernetes/super-admin.conf
  "$@" || status=$?
  rm -f /etc/kubernetes/super-admin.conf
  return "$status"
}

kubeadm_quietly() {
  local what=$1
  shift
  quietly "$what" "mend it and run \`pulumi up\` again" with_super_admin kubeadm "$@"
}

# The first control plane. Interrupted anywhere, it is simply done again: it only sets what the plan says.
initialise() {
  local ignored=()
  if compgen -G "$MANIFESTS/kube-*.yaml" >/dev/null; then
    say "taking up an interrupted initialisation"
    ignored=(--ignore-preflight-errors "FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml,FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml,FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml,Port-6443,Port-10257,Port-10259")
  else
    say "initialising the cluster"
  fi
  SUPER_ADMIN=$HERE/files/etc/kubernetes/super-admin.conf \
    kubeadm_quietly "kubeadm init" init --config /etc/kubernetes/kubeadm.yaml "${ignored[@]}"
  grant
}

# Roles, the kube-proxy of this version, beside which that of the version before goes on where nodes have it, and what enforces
# NetworkPolicy.
grant() {
  local name files=()
  for name in cluster-roles kube-proxy kube-router; do
    [[ ! -f /etc/kubernetes/$name.yaml ]] || files+=(--filename "/etc/kubernetes/$name.yaml")
  done
  as_admin apply --server-side --force-conflicts "${files[@]}" >>"$LOG"
}

WATCHING=app.kubernetes.io/managed-by=groundwork,k8s-app=groundwork-monitoring
KUBE_ROUTER=app.kubernetes.io/managed-by=groundwork,k8s-app=kube-router

# Where NetworkPolicy is enforced no more. Each node's pod network takes the filters away, this one's only now: kube-router made them
# again as long as it ran.
stop_kube_router() {
  reads pod-network && [[ ! -f /etc/kubernetes/kube-router.yaml ]] || return 0
  as_admin delete daemonset,configmap,serviceaccount,clusterrolebinding,clusterrole --namespace kube-system --selector "$KUBE_ROUTER" --wait=false >>"$LOG"
  wait_for 120 "kube-router has ended on every node" "see \`kubectl -n kube-system get pods -l k8s-app=kube-router -o wide\`" kube_router_ended
  systemctl restart groundwork-pod-network
}

kube_router_ended() { [[ -z $(as_admin get pods --namespace kube-system --selector "$KUBE_ROUTER" -o name) ]]; }

# A further control plane: the same manifests; everything shared is in etcd already.
join() {
  if ! compgen -G "$MANIFESTS/kube-*.yaml" >/dev/null; then
    say "checking the machine"
    kubeadm_quietly "kubeadm's check of the machine" init phase preflight --config /etc/kubernetes/kubeadm.yaml
  fi
  say "starting the control plane"
  kubeadm_quietly "kubeadm" init phase control-plane all --config /etc/kubernetes/kubeadm.yaml
  wait_for 240 "the API server is ready" "$ADVICE" api_ready "https://$ADDRESS:6443"
}

mark() {
  as_admin label --overwrite node "$MACHINE" node-role.kubernetes.io/control-plane= \
    node.kubernetes.io/exclude-from-external-load-balancers=
}

process_of() { pgrep -o -x "$1" || true; }

# Writes the manifests again and waits until the kubelet has replaced what changed. Run under the cluster's lock.
update_components() {
  local component before changed=()
  declare -A old=()
  before=$(mktemp -d "$HERE/before.XXXXXXXX")
  cp "$MANIFESTS"/kube-*.yaml "$before/"
  for component in $COMPONENTS; do old[$component]=$(process_of "${component:0:15}"); done
  kubeadm_quietly "kubeadm" init phase control-plane all --config /etc/kubernetes/kubeadm.yaml
  for component in $COMPONENTS; do
    cmp -s "$before/$component.yaml" "$MANIFESTS/$component.yaml" || changed+=("$component")
  done
  rm -rf "$before"
  for component in "${changed[@]}"; do
    wait_for 180 "$component is replaced" "see \`journalctl -u kubelet\`" replaced "$component" "${old[$component]}"
  done
  wait_for 240 "the API server is ready" "$ADVICE" api_ready "https://$ADDRESS:6443"
  # shellcheck disable=SC2086
  applied static-pods $COMPONENTS
}

replaced() {
  local now
  now=$(process_of "${1:0:15}")
  [[ -n $now && $now != "$2" ]]
}

update() {
  local unit behind=
  for unit in static-pods $COMPONENTS; do ! changed "$unit" || behind=yes; done
  [[ -n $behind ]] || return 0
  say "updating the control plane, one machine at a time"
  under_lock control-plane update-components
}

# What the cluster itself keeps: kubeadm's configuration and kube-proxy. One control plane looks after it.
update_cluster() {
  changed cluster || return 0
  say "updating what the cluster keeps of its configuration"
  kubeadm_quietly "kubeadm's upload of the configuration" init phase upload-config all --config /etc/kubernetes/kubeadm.yaml
  grant
  stop_kube_router
  stop_monitoring
  applied cluster
}

# What watches the site is a pod of this machine's own, which needs no API server. The kubelet must not see half a file.
monitoring() {
  local pod=/etc/kubernetes/monitoring/pod.yaml manifest=$MANIFESTS/groundwork-monitoring.yaml
  if ! reads monitoring; then
    rm -f "$manifest"
    return 0
  fi
  cmp -s "$pod" "$manifest" || {
    install -m 0600 "$pod" "$MANIFESTS/.groundwork-monitoring"
    mv -f "$MANIFESTS/.groundwork-monitoring" "$manifest"
  }
}

# What may ask for metrics, where the site is watched no more.
stop_monitoring() {
  ! reads monitoring || return 0
  as_admin delete clusterrolebinding,clusterrole --selector "$WATCHING" --wait=false >>"$LOG"
  as_admin delete rolebinding,role --namespace kube-system --selector "$WATCHING" --wait=false >>"$LOG"
}

apply_control_plane() {
  needs kubeadm kubelet kubectl etcdctl curl iptables
  begin
  version
  kms
  install_files
  kernel
  clock
  logs
  successors
  forwarding
  resolver
  runtime
  own_registry
  pod_network
  patches
  mkdir -p "$MANIFESTS" /var/log/kubernetes/audit
  start_kubelet
  wait_for 300 "etcd answers" "see the etcd machines" etcd_answers
  if [[ -f $STATE/joined ]]; then
    wait_for_kubelet
    # One that waits for its KMS may be mended by the description.
    wait_for 240 "the API server is ready" "$ADVICE" \
      api_ready "https://$ADDRESS:6443" "$READY_WITHOUT_KMS"
    update
    [[ $FIRST != yes ]] || update_cluster
  else
    if [[ $FIRST == yes ]]; then initialise; else join; fi
    wait_for_kubelet
    # shellcheck disable=SC2086
    applied static-pods $COMPONENTS cluster
  fi
  wait_for 180 "the node is registered and marked" "see \`journalctl -u kubelet\`, and whether the first control plane is up" mark
  proxy
  metrics
  log_sender
  monitoring
  : >"$STATE/joined"
  wait_for 180 "the node is Ready" "see \`journalctl -u kubelet\`" registered
  say "the API server is ready"
}
