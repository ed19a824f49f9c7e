#!/bin/bash
# What a careful person would do by hand, as a script: machines by govc, then the steps of kubeadm's documentation for a highly
# available cluster with external etcd, everything at once that can be. The other side of `npm run bench:up`.
#
# usage: kubeadm.sh TABLE FOLDER
#   TABLE   name role address host systemDatastore systemGiB dataDatastore dataGiB cpus memoryMiB podCidr, one machine a line, `-` for none
#   FOLDER  empty; keys and logs go there
# Environment: GOVC_*; SITE, VIP, PREFIX, GATEWAY, TEMPLATE, NETWORK, POOL, POD_CIDR, SERVICE_CIDR, VERSION, IGNORED (kubeadm's checks,
# with commas), KUBELET and KUBE_PROXY (configuration documents in YAML)
set -Eeuo pipefail
trap 'echo "kubeadm.sh: line $LINENO: \`${BASH_COMMAND%%$'"'\n'"'*}\` failed with status $?" >&2' ERR
umask 077
TABLE=$(readlink -f "$1")
cd "$2"

START=${EPOCHREALTIME/[.,]/}
phase() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - START) / 100000))
  printf '%4d.%d s  %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
}

rows() { awk -v role="$1" 'role == "all" || $2 == role' "$TABLE"; }
names() { rows "$1" | awk '{ print $1 }'; }
address_of() { awk -v name="$1" '$1 == name { print $3 }' "$TABLE"; }
etcd_urls() { rows etcd | awk '{ printf "%shttps://%s:2379", sep, $3; sep = "," }'; }

# on MACHINE: runs standard input there, as root, once the machine lets us in.
on() {
  local address options
  address=$(address_of "$1")
  options=(-q -i ssh -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts)
  ssh "${options[@]}" "groundwork@$address" sudo bash -s
}
let_in() {
  local tries=0
  until on "$1" <<<true 2>/dev/null; do
    ((++tries < 600)) || { echo "$1: no SSH connection; see its console" >&2; return 1; }
    sleep 0.2
  done
}
# put FILE PATH: lines of shell that make the file there.
put() { printf 'mkdir -p %s\nbase64 -d >%s <<<%s\n' "$(dirname "$2")" "$2" "$(base64 -w0 "$1")"; }

# All of them, or fail.
all() {
  local pid status=0
  for pid in "$@"; do wait "$pid" || status=1; done
  return "$status"
}

machine() {
  local name=$1 address=$3 host=$4 system=$5 data=$7 dataGiB=$8 cpus=$9 memory=${10}
  ssh-keygen -q -t ed25519 -N '' -C "$name" -f "host-$name"
  echo "$address $(cut -d' ' -f1,2 "host-$name.pub")" >>known_hosts
  cat >"metadata-$name" <<YAML
instance-id: $name
local-hostname: $name
cleanup-guestinfo: [userdata, vendordata]
network:
  version: 2
  ethernets:
    primary:
      match: {name: "e*"}
      addresses: [$address/$PREFIX]
      routes: [{to: 0.0.0.0/0, via: $GATEWAY}]
YAML
  cat >"userdata-$name" <<YAML
#cloud-config
hostname: $name
manage_etc_hosts: localhost
ssh_deletekeys: true
ssh_genkeytypes: []
ssh_keys:
  ed25519_private: |
$(sed 's/^/    /' "host-$name")
  ed25519_public: $(cat "host-$name.pub")
users:
  - name: groundwork
    shell: /bin/bash
    lock_passwd: true
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: ["$(cat ssh.pub)"]
YAML
  govc vm.clone -vm "$TEMPLATE" -on=false -pool "$POOL" -host "$host" -ds "$system" -net "$NETWORK" -c "$cpus" -m "$memory" "$name"
  [[ $data == - ]] ||
    govc vm.disk.create -vm "$name" -ds "$data" -name "$name/data.vmdk" -size "${dataGiB}G" -thick -eager
  govc vm.change -vm "$name" -e disk.EnableUUID=TRUE \
    -e "guestinfo.metadata=$(base64 -w0 "metadata-$name")" -e guestinfo.metadata.encoding=base64 \
    -e "guestinfo.userdata=$(base64 -w0 "userdata-$name")" -e guestinfo.userdata.encoding=base64
  govc vm.power -on "$name"
  let_in "$name"
}

# "Set up a High Availability etcd Cluster with kubeadm", step by step, but for the service, which systemd runs.
etcd_certificates() {
  local name address first=
  for name in $(names etcd); do
    address=$(address_of "$name")
    mkdir -p "etcd-$name/etcd"
    cat >"etcd-$name/kubeadm.yaml" <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: {name: $name}
localAPIEndpoint: {advertiseAddress: $address}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$VERSION
certificatesDir: $PWD/etcd-$name
encryptionAlgorithm: ECDSA-P256
etcd: {local: {serverCertSANs: [$address], peerCertSANs: [$address]}}
YAML
    if [[ $first ]]; then
      cp "$first"/etcd/ca.* "etcd-$name/etcd/"
    else
      first=etcd-$name
      kubeadm init phase certs etcd-ca --config "$first/kubeadm.yaml"
      kubeadm init phase certs apiserver-etcd-client --config "$first/kubeadm.yaml"
    fi
    for what in etcd-server etcd-peer etcd-healthcheck-client; do
      kubeadm init phase certs "$what" --config "etcd-$name/kubeadm.yaml"
    done
  done
  ln -s "$first" etcd-first
}

etcd_member() {
  local name=$1 address=$3 pki=/etc/etcd/pki
  {
    for file in ca.crt server.crt server.key peer.crt peer.key healthcheck-client.crt healthcheck-client.key; do
      put "etcd-$name/etcd/$file" "$pki/$file"
    done
    cat <<SHELL
set -euo pipefail
id etcd >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/etcd --no-create-home --shell /usr/sbin/nologin etcd
chown -R etcd:etcd /etc/etcd /var/lib/etcd
chmod 0700 /var/lib/etcd
cat >/etc/systemd/system/etcd.service <<UNIT
[Unit]
After=network-online.target
Wants=network-online.target
[Service]
Type=notify
User=etcd
Restart=always
RestartSec=1
TimeoutStartSec=infinity
ExecStart=/usr/local/bin/etcd --name=$name --data-dir=/var/lib/etcd/data \\
  --listen-client-urls=https://$address:2379,https://127.0.0.1:2379 --advertise-client-urls=https://$address:2379 \\
  --listen-peer-urls=https://$address:2380 --initial-advertise-peer-urls=https://$address:2380 \\
  --initial-cluster=$(rows etcd | awk '{ printf "%s%s=https://%s:2380", sep, $1, $3; sep = "," }') \\
  --initial-cluster-token=$SITE --initial-cluster-state=new \\
  --client-cert-auth --trusted-ca-file=$pki/ca.crt --cert-file=$pki/server.crt --key-file=$pki/server.key \\
  --peer-client-cert-auth --peer-trusted-ca-file=$pki/ca.crt --peer-cert-file=$pki/peer.crt --peer-key-file=$pki/peer.key
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now etcd
etcdctl --endpoints=https://$address:2379 --cacert=$pki/ca.crt --cert=$pki/healthcheck-client.crt --key=$pki/healthcheck-client.key \\
  endpoint health
SHELL
  } | on "$name"
}

# "Options for Software Load Balancing" of kubeadm, with checks that look every second.
load_balancer() {
  local name=$1 address=$3 priority peer
  priority=$(rows load-balancer | awk -v name="$name" '$1 == name { print 101 - NR }')
  peer=$(rows load-balancer | awk -v name="$name" '$1 != name { print $3; exit }')
  on "$name" <<SHELL
set -euo pipefail
cat >/etc/haproxy/haproxy.cfg <<CONFIGURATION
global
    log stdout format raw local0
defaults
    mode tcp
    log global
    timeout connect 5s
    timeout client 1h
    timeout server 1h
frontend apiserver
    bind :6443
    default_backend apiserver
backend apiserver
    option httpchk
    http-check send meth GET uri /readyz
    http-check expect status 200
    balance roundrobin
    default-server check check-ssl verify none inter 1s fall 2 rise 1
$(rows control-plane | awk '{ printf "    server %s %s:6443\n", $1, $3 }')
CONFIGURATION
cat >/etc/keepalived/check-apiserver <<'CHECK'
#!/bin/sh
exec curl -sfk --max-time 2 https://localhost:6443/healthz -o /dev/null
CHECK
cat >/etc/keepalived/check-haproxy <<'CHECK'
#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/6443
CHECK
chmod 0755 /etc/keepalived/check-*
cat >/etc/keepalived/keepalived.conf <<CONFIGURATION
global_defs {
    router_id $name
    enable_script_security
    script_user nobody
}
vrrp_script haproxy {
    script "/etc/keepalived/check-haproxy"
    interval 1
    fall 2
    rise 1
}
vrrp_instance api {
    state BACKUP
    interface \$(ip -4 -o addr show | awk 'index(\$4, "$address/") == 1 { print \$2 }')
    virtual_router_id 51
    priority $priority
    advert_int 0.5
    vrrp_version 3
    unicast_src_ip $address
    unicast_peer { 
        $peer
    }
    virtual_ipaddress {
        $VIP/$PREFIX
    }
    track_script {
        haproxy
    }
}
CONFIGURATION
systemctl enable --quiet haproxy keepalived
systemctl restart haproxy keepalived
until (exec 3<>/dev/tcp/$VIP/6443) 2>/dev/null; do sleep 0.2; done
SHELL
}

# Every node's own part: kernel settings, its pod range, the routes to the others' pods.
node() {
  local name=$1 range=${11}
  on "$name" <<SHELL
set -euo pipefail
printf 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n' >/etc/sysctl.d/k8s.conf
sysctl -q -e -p /etc/sysctl.d/k8s.conf || true
mkdir -p /etc/cni/net.d
cat >/etc/cni/net.d/10-pods.conflist <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "ranges": [[{"subnet": "$range"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}]}
JSON
$(awk -v name="$name" '$1 != name && $11 != "-" { printf "ip route replace %s via %s\n", $11, $3 }' "$TABLE")
iptables -t nat -A POSTROUTING -s $POD_CIDR ! -d $POD_CIDR -j MASQUERADE
iptables -A FORWARD -s $POD_CIDR -j ACCEPT
iptables -A FORWARD -d $POD_CIDR -j ACCEPT
systemctl enable --quiet --now containerd
systemctl enable --quiet kubelet
SHELL
}

# Prints the hash of the cluster's authority, which the others ask for.
init() {
  local name=$1 address=$3 pki=/etc/kubernetes/pki
  cat >init.yaml <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: "$TOKEN"}]
certificateKey: $CERTIFICATE_KEY
localAPIEndpoint: {advertiseAddress: $address}
nodeRegistration: {name: $name, criSocket: "unix:///run/containerd/containerd.sock", ignorePreflightErrors: [$IGNORED]}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: $SITE
kubernetesVersion: v$VERSION
controlPlaneEndpoint: $VIP:6443
encryptionAlgorithm: ECDSA-P256
networking: {podSubnet: $POD_CIDR, serviceSubnet: $SERVICE_CIDR}
controllerManager: {extraArgs: [{name: allocate-node-cidrs, value: "false"}]}
dns: {disabled: true}
etcd:
  external:
    endpoints: [$(etcd_urls)]
    caFile: $pki/etcd/ca.crt
    certFile: $pki/apiserver-etcd-client.crt
    keyFile: $pki/apiserver-etcd-client.key
---
$KUBELET
---
$KUBE_PROXY
YAML
  {
    put etcd-first/etcd/ca.crt $pki/etcd/ca.crt
    put etcd-first/apiserver-etcd-client.crt $pki/apiserver-etcd-client.crt
    put etcd-first/apiserver-etcd-client.key $pki/apiserver-etcd-client.key
    put init.yaml /root/init.yaml
    cat <<SHELL
set -euo pipefail
kubeadm init --config /root/init.yaml --upload-certs >&2
openssl x509 -in $pki/ca.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
SHELL
  } | on "$name"
}

join() {
  local name=$1 role=$2 address=$3
  {
    echo "cat >/root/join.yaml <<YAML"
    cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken: {token: "$TOKEN", apiServerEndpoint: "$VIP:6443", caCertHashes: ["sha256:$(cat authority)"]}
nodeRegistration: {name: $name, criSocket: "unix:///run/containerd/containerd.sock", ignorePreflightErrors: [$IGNORED]}
YAML
    [[ $role != control-plane ]] ||
      echo "controlPlane: {certificateKey: $CERTIFICATE_KEY, localAPIEndpoint: {advertiseAddress: $address}}"
    echo YAML
    echo "exec kubeadm join --config /root/join.yaml"
  } | on "$name"
}

# each ROLE COMMAND: the command with the machine's row, for all machines of a role at once. Output goes to logs.
each() {
  local role=$1 command=$2 row pids=()
  while read -r -a row; do
    "$command" "${row[@]}" >"$command-${row[0]}.log" 2>&1 &
    pids+=($!)
  done < <(rows "$role")
  all "${pids[@]}"
}

# A machine from nothing to where the cluster can be initialised. Each goes its own way as far as it can.
prepared() {
  machine "$@"
  phase "$1 lets us in"
  case $2 in
    etcd)
      until [[ -e etcd-first ]]; do sleep 0.1; done
      etcd_member "$@"
      ;;
    load-balancer) load_balancer "$@" ;;
    *) node "$@" ;;
  esac
  phase "$1 is prepared"
}

joined() {
  [[ $1 == "$FIRST" || ${11} == - ]] || join "$@"
}

ready() {
  local nodes
  nodes=$(rows all | awk '$11 != "-"' | wc -l)
  on "$FIRST" <<SHELL
export KUBECONFIG=/etc/kubernetes/admin.conf
until [[ \$(kubectl get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | grep -c True) == $nodes ]]; do
  ((SECONDS < 300)) || { kubectl get nodes; exit 1; }
  sleep 0.5
done
SHELL
}

FIRST=$(names control-plane | head -n 1)
TOKEN=$(openssl rand -hex 3).$(openssl rand -hex 8)
CERTIFICATE_KEY=$(openssl rand -hex 32)
ssh-keygen -q -t ed25519 -N '' -C "$SITE" -f ssh

(etcd_certificates >certificates.log 2>&1) &
certificates=$!
each all prepared
all $certificates
phase "etcd, load balancers and the nodes' own parts are up"
read -r -a first < <(rows control-plane)
init "${first[@]}" >authority 2>init.log
phase "kubeadm init is done"
each all joined
phase "kubeadm join is done"
ready
phase "all nodes are Ready"
