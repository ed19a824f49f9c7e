package vcenter

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// served is a client of a simulated vCenter, over the network, with the collectors that ours has.
func served(t *testing.T) (context.Context, *govmomi.Client) {
	t.Helper()
	model := simulator.VPX()
	t.Cleanup(model.Remove)
	if err := model.Create(); err != nil {
		t.Fatal(err)
	}
	c := &Center{changes: newChanges(), views: map[types.ManagedObjectReference][]*simulator.Registry{}}
	registry := model.Map()
	registry.AddHandler(c.changes)
	registry.Handler = func(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
		if method.This.Type == "PropertyCollector" {
			c.show(ctx, method.This)
		}
		return nil, nil
	}
	server := model.Service.NewServer()
	t.Cleanup(server.Close)
	client, err := govmomi.NewClient(t.Context(), server.URL, true)
	if err != nil {
		t.Fatal(err)
	}
	return t.Context(), client
}

// atOnce runs as many tasks and waits for each of them on the session's own collector, as the current plugin does.
func atOnce(t *testing.T, number int, task func(n int) (*object.Task, error)) {
	t.Helper()
	var all sync.WaitGroup
	for n := range number {
		all.Go(func() {
			running, err := task(n)
			if err == nil {
				err = running.WaitEx(t.Context())
			}
			if err != nil {
				t.Errorf("task %d: %v", n, err)
			}
		})
	}
	all.Wait()
}

func TestManyTasksAreWaitedForOnOneCollector(t *testing.T) {
	ctx, client := served(t)
	finder := find.NewFinder(client.Client)
	template, err := finder.VirtualMachine(ctx, "DC0_H0_VM0")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := finder.DefaultFolder(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const number = 64
	for range 2 {
		atOnce(t, number, func(n int) (*object.Task, error) {
			return template.Clone(ctx, folder, fmt.Sprintf("clone-%d", n), types.VirtualMachineCloneSpec{})
		})
		machines, err := finder.VirtualMachineList(ctx, "clone-*")
		if err != nil || len(machines) != number {
			t.Fatalf("%d machines, %v", len(machines), err)
		}
		atOnce(t, number, func(n int) (*object.Task, error) { return machines[n].PowerOn(ctx) })
		atOnce(t, number, func(n int) (*object.Task, error) { return machines[n].PowerOff(ctx) })
		atOnce(t, number, func(n int) (*object.Task, error) { return machines[n].Destroy(ctx) })
		if left, err := finder.VirtualMachineList(ctx, "clone-*"); err == nil {
			t.Fatalf("%d machines are left", len(left))
		}
	}
}

// wait asks once what is new since a version.
func wait(t *testing.T, client *govmomi.Client, version string, most int32) *types.UpdateSet {
	t.Helper()
	answer, err := methods.WaitForUpdatesEx(t.Context(), client.Client, &types.WaitForUpdatesEx{
		This:    client.ServiceContent.PropertyCollector,
		Version: version,
		Options: &types.WaitOptions{MaxWaitSeconds: types.NewInt32(0), MaxObjectUpdates: most},
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Returnval
}

func TestEachVersionIsToldWhatIsNewSinceIt(t *testing.T) {
	ctx, client := served(t)
	finder := find.NewFinder(client.Client)
	machine, err := finder.VirtualMachine(ctx, "DC0_H0_VM0")
	if err != nil {
		t.Fatal(err)
	}
	collector := property.DefaultCollector(client.Client)
	filter := new(property.WaitFilter).Add(machine.Reference(), "VirtualMachine", []string{"name", "runtime.powerState"})
	if _, err := collector.CreateFilter(ctx, filter.CreateFilter); err != nil {
		t.Fatal(err)
	}
	first := wait(t, client, "", 0)
	if set := first.FilterSet[0].ObjectSet[0]; set.Kind != types.ObjectUpdateKindEnter || len(set.ChangeSet) != 2 {
		t.Errorf("at first: %+v", set)
	}
	if set := wait(t, client, first.Version, 0); set != nil {
		t.Errorf("nothing has changed, but: %+v", set)
	}
	atOnce(t, 1, func(int) (*object.Task, error) { return machine.PowerOff(ctx) })
	// Whoever knows an older version is told, however often somebody else has been.
	for range 2 {
		set := wait(t, client, first.Version, 0).FilterSet[0].ObjectSet[0]
		if set.Kind != types.ObjectUpdateKindModify || len(set.ChangeSet) != 1 || set.ChangeSet[0].Val != types.VirtualMachinePowerStatePoweredOff {
			t.Errorf("after the machine was switched off: %+v", set)
		}
	}
	off := wait(t, client, first.Version, 0)
	atOnce(t, 1, func(int) (*object.Task, error) { return machine.Destroy(ctx) })
	if set := wait(t, client, off.Version, 0).FilterSet[0].ObjectSet[0]; set.Kind != types.ObjectUpdateKindLeave {
		t.Errorf("after the machine was deleted: %+v", set)
	}
	if _, err := collector.CreateFilter(ctx, filter.CreateFilter); err == nil {
		t.Error("a filter of a machine that is gone was made")
	}
	_, err = methods.WaitForUpdatesEx(ctx, client.Client, &types.WaitForUpdatesEx{This: collector.Reference(), Version: "none"})
	if err == nil {
		t.Error("a version that never was is known")
	}
}

func TestWhatIsTooMuchForOneAnswerComesWithTheNext(t *testing.T) {
	ctx, client := served(t)
	finder := find.NewFinder(client.Client)
	machines, err := finder.VirtualMachineList(ctx, "*")
	if err != nil {
		t.Fatal(err)
	}
	collector := property.DefaultCollector(client.Client)
	for _, machine := range machines {
		filter := new(property.WaitFilter).Add(machine.Reference(), "VirtualMachine", []string{"name"})
		if _, err := collector.CreateFilter(ctx, filter.CreateFilter); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	for set := wait(t, client, "", 3); ; set = wait(t, client, set.Version, 3) {
		objects := 0
		for _, update := range set.FilterSet {
			objects += len(update.ObjectSet)
		}
		if told += objects; objects > 3 {
			t.Errorf("%d objects in one answer", objects)
		}
		if set.Truncated == nil {
			break
		}
	}
	if told != len(machines) {
		t.Errorf("%d of %d machines were told of", told, len(machines))
	}
}
