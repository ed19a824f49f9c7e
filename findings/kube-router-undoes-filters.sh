#!/usr/bin/env bash
# Software:  kube-router v2.1.0 (Go module github.com/cloudnativelabs/kube-router/v2, package controllers/netpol), iptables 1.8.9-2 and
#            ipset 7.17-1 (Debian 12)
# Guess:     beside kube-proxy it writes its own chains of the filter table only, as kube-proxy does with iptables-restore --noflush
# Behaviour: it reads the whole table, works on it and writes all of it back: what another program adds to or removes from chains of its own
#            in between is undone without a word, for a Service that has just got its first endpoint until kube-proxy writes again
# Output:    the other program's chain has its newer rule: false, the one that it removed: true; kube-router's own: true
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
not_run() { printf 'not run: %s\n' "$*" >&2 && exit 2; }

[[ $(id -u) == 0 ]] || not_run "a network of its own and filters in it take root"
unpack_debian "$work/debian" iptables=1.8.9-2 ipset=7.17-1 libipset13=7.17-1 libip4tc2 libip6tc2 libxtables12 libnftnl11 libmnl0 libnfnetlink0 libnetfilter-conntrack3
export LD_LIBRARY_PATH=$libraries XTABLES_LIBDIR=$work/debian/usr/lib/x86_64-linux-gnu/xtables
mkdir "$work/programs"
for name in iptables iptables-save iptables-restore; do ln -s "$work/debian/usr/sbin/xtables-nft-multi" "$work/programs/$name"; done
export PATH=$work/programs:$work/debian/usr/sbin:$work/debian/sbin:$PATH

mkdir "$work/run"
cat >"$work/run/main.go" <<'EOF'
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
	"github.com/coreos/go-iptables/iptables"
	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func run(command string) string {
	return string(must(exec.Command("sh", "-euc", command).CombinedOutput()))
}

// between has something happen while kube-router works on what it read.
type between struct {
	utils.IPSetHandler
	happens func()
}

func (b between) Restore() error {
	b.happens()
	return b.IPSetHandler.Restore()
}

func main() {
	if len(os.Args) == 1 {
		inside := exec.Command("/proc/self/exe", "inside")
		inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
		inside.Stdout, inside.Stderr = os.Stdout, os.Stderr
		must(0, inside.Run())
		return
	}
	run("iptables -N OTHER; iptables -A FORWARD -j OTHER; iptables -A OTHER -d 192.0.2.1/32 -j REJECT")
	node := &v1.Node{ObjectMeta: meta.ObjectMeta{Name: "n"}}
	node.Status.Addresses = []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: "198.51.100.1"}}
	client := fake.NewSimpleClientset(node)
	config := options.NewKubeRouterConfig()
	config.HostnameOverride, config.EnableIPv4, config.EnableIPv6 = "n", true, false
	config.ClusterIPCIDRs = []string{"10.96.0.0/16"}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, policies, namespaces := factory.Core().V1().Pods().Informer(), factory.Networking().V1().NetworkPolicies().Informer(),
		factory.Core().V1().Namespaces().Informer()
	var once sync.Once
	sets := between{must(utils.NewIPSet(false)), func() {
		once.Do(func() { run("iptables -F OTHER; iptables -A OTHER -d 192.0.2.2/32 -j REJECT") })
	}}
	controller := must(netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &sync.Mutex{},
		map[v1.IPFamily]utils.IPTablesHandler{v1.IPv4Protocol: must(iptables.New())},
		map[v1.IPFamily]utils.IPSetHandler{v1.IPv4Protocol: sets}))
	stop := make(chan struct{})
	factory.Start(stop)
	factory.WaitForCacheSync(stop)
	var running sync.WaitGroup
	running.Add(1)
	go controller.Run(make(chan *healthcheck.ControllerHeartbeat, 100), stop, &running)
	var rules string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if rules = run("iptables-save -t filter"); strings.Contains(rules, "0x20000/0x20000 -j ACCEPT") {
			break
		}
	}
	for _, rule := range []string{"-A OTHER -d 192.0.2.2/32", "-A OTHER -d 192.0.2.1/32", "0x20000/0x20000 -j ACCEPT"} {
		fmt.Println(strings.Contains(rules, rule))
	}
}
EOF
said=$(run_go "$work/run" github.com/cloudnativelabs/kube-router/v2@v2.1.0 2>"$work/log" | tr '\n' ' ') || { code=$?; tail -5 "$work/log" >&2; exit "$code"; }
[[ $said == "false true true " ]] || changed "newer rule, removed rule, kube-router's own: $said; $(tail -3 "$work/log")"
printf 'ok: what was written while kube-router worked is undone (newer rule, removed rule, its own: %s)\n' "${said% }"
