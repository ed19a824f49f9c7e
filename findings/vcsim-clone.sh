#!/usr/bin/env bash
# Software:  the vCenter simulator of govmomi 0.55.0 (Go module github.com/vmware/govmomi, package simulator)
# Guess:     a clone has the extraConfig of what it is a clone of, and a machine that is destroyed is gone from the cluster's rules
# Behaviour: a clone starts without the extraConfig of its source (guestinfo, CPU options …), and rules keep naming machines that are
#            no more
# Output:    guestinfo.role on the source: yes, on the clone: no; machines in the rule before and after destroying one: 2 2
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
	"github.com/vmware/govmomi/vim25/mo"
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
	model.Machine = 2
	simulator.Run(func(ctx context.Context, client *vim25.Client) error {
		wait := func(task *object.Task, err error) { must(0, must(task, err).Wait(ctx)) }
		finder := find.NewFinder(client)
		cluster := must(finder.ClusterComputeResource(ctx, "DC0_C0"))
		machines := must(finder.VirtualMachineList(ctx, "DC0_C0*"))
		role := []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.role", Value: "etcd"}}
		wait(machines[0].Reconfigure(ctx, types.VirtualMachineConfigSpec{ExtraConfig: role}))
		pool := must(cluster.ResourcePool(ctx)).Reference()
		clone := types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool}}
		wait(machines[0].Clone(ctx, must(finder.DefaultFolder(ctx)), "copy", clone))
		for _, machine := range []*object.VirtualMachine{machines[0], must(finder.VirtualMachine(ctx, "copy"))} {
			var seen mo.VirtualMachine
			must(0, machine.Properties(ctx, machine.Reference(), []string{"config.extraConfig"}, &seen))
			fmt.Println(object.OptionValueList(seen.Config.ExtraConfig).GetString("guestinfo.role"))
		}
		yes := true
		apart := &types.ClusterAntiAffinityRuleSpec{ClusterRuleInfo: types.ClusterRuleInfo{Name: "apart", Enabled: &yes}}
		for _, machine := range machines {
			apart.Vm = append(apart.Vm, machine.Reference())
		}
		rule := types.ClusterRuleSpec{ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd}, Info: apart}
		wait(cluster.Reconfigure(ctx, &types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{rule}}, true))
		members := func() int { return len(must(cluster.Configuration(ctx)).Rule[0].(*types.ClusterAntiAffinityRuleSpec).Vm) }
		before := members()
		wait(machines[1].PowerOff(ctx))
		wait(machines[1].Destroy(ctx))
		fmt.Println(before, members())
		return nil
	}, model)
}
EOF
seen=$(run_go "$work" github.com/vmware/govmomi@v0.55.0 | paste -sd,)
[[ $seen == "etcd true, false,2 2" ]] || changed "$seen"
printf 'ok: a clone has no extraConfig of its source, and a destroyed machine stays in its rule\n'
