# A worker.
# shellcheck shell=bash

apply_worker() {
  needs kubeadm kubelet kubectl curl iptables
  begin
  version
  install_files
  kernel
  clock
  logs
  successors
  forwarding
  resolver
  if [[ $DATA_DISK == yes ]]; then
    volumes_disk
  fi
  runtime
  pod_network
  wait_for 600 "the API answers at $ENDPOINT" "see the load balancers and the control planes" api_ready "$ENDPOINT"
  if [[ ! -f $STATE/applied/kubelet ]] && ! active kubelet; then
    say "checking the machine"
    quietly "kubeadm's check of the machine" "mend it and run \`pulumi up\` again" \
      kubeadm join phase preflight --config /etc/kubernetes/kubeadm.yaml
  fi
  mkdir -p /etc/kubernetes/manifests # empty; a kubelet that does not find it says so every few seconds
  start_kubelet
  wait_for_kubelet
  wait_for 180 "the node is Ready" "see \`journalctl -u kubelet\`" registered
  proxy
  metrics
  log_sender
  say "the node is Ready"
}
