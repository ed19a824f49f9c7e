#!/usr/bin/env bash
# Software:  the vCenter simulator of govmomi 0.55.0 (Go module github.com/vmware/govmomi, package simulator)
# Guess:     it keeps what its API lets one say: two machines of a mandatory rule "keep apart" do not get onto one host, and a host in
#            maintenance has no running machine and takes no new one
# Behaviour: rules and maintenance are stored and shown, and nothing more. Both machines move to one host, it enters maintenance with
#            them running, and a clone is started on it. A test that passes here says nothing about placement
# Output:    apart: moved to one host without an error; maintenance: entered, two machines running, a third started
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/main.go" <<'EOF'
package main

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	model := simulator.VPX()
	model.ClusterHost, model.Machine = 2, 2
	simulator.Run(func(ctx context.Context, client *vim25.Client) error {
		done := func(task *object.Task, err error) error { return must(task, err).Wait(ctx) }
		finder := find.NewFinder(client)
		cluster := must(finder.ClusterComputeResource(ctx, "DC0_C0"))
		host := must(cluster.Hosts(ctx))[0]
		machines := must(finder.VirtualMachineList(ctx, "DC0_C0*"))
		on, yes := host.Reference(), true
		apart := &types.ClusterAntiAffinityRuleSpec{ClusterRuleInfo: types.ClusterRuleInfo{Name: "apart", Enabled: &yes, Mandatory: &yes}}
		for _, machine := range machines {
			apart.Vm = append(apart.Vm, machine.Reference())
		}
		rule := types.ClusterRuleSpec{ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd}, Info: apart}
		fmt.Println("rule:", done(cluster.Reconfigure(ctx, &types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{rule}}, true)))
		for _, machine := range machines {
			fmt.Println("move:", done(machine.Relocate(ctx, types.VirtualMachineRelocateSpec{Host: &on}, "")))
		}
		fmt.Println("maintenance:", done(host.EnterMaintenanceMode(ctx, 5, false, nil)))
		for _, machine := range machines {
			fmt.Println(must(machine.PowerState(ctx)), must(machine.HostSystem(ctx)).Reference() == on)
		}
		pool := must(cluster.ResourcePool(ctx)).Reference()
		place := types.VirtualMachineRelocateSpec{Host: &on, Pool: &pool}
		clone := types.VirtualMachineCloneSpec{PowerOn: true, Location: place}
		fmt.Println("clone:", done(machines[0].Clone(ctx, must(finder.DefaultFolder(ctx)), "third", clone)))
		return nil
	}, model)
}
EOF
seen=$(run_go "$work" github.com/vmware/govmomi@v0.55.0 | paste -sd,)
[[ $seen == "rule: <nil>,move: <nil>,move: <nil>,maintenance: <nil>,poweredOn true,poweredOn true,clone: <nil>" ]] || changed "$seen"
printf 'ok: neither the rule nor the maintenance is kept\n'
