package vcenter

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/device"
	"groundwork/lab/vcenter/internal/inventory"
)

// Host is a host, which a client can take out of the inventory.
type Host struct {
	*simulator.HostSystem
	center *Center
}

// DestroyTask takes the host out of the inventory, with its machines and the datastores that no other host has.
func (h *Host) DestroyTask(ctx *simulator.Context, _ *types.Destroy_Task) soap.HasFault {
	task := h.center.task(ctx, h.Self, "removeHost", func() (types.AnyType, types.BaseMethodFault) {
		if h.Runtime.ConnectionState == types.HostSystemConnectionStateConnected && !h.Runtime.InMaintenanceMode {
			return nil, invalidState(fmt.Sprintf(
				"The operation is not allowed in the current state: the host %s is connected and not in maintenance mode.", h.Name))
		}
		if err := h.center.removeHost(ctx, h.HostSystem); err != nil {
			return nil, systemError(err)
		}
		return nil, nil
	})
	return &methods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (c *Center) removeHost(ctx *simulator.Context, host *simulator.HostSystem) error {
	var failures []error
	for _, ref := range slices.Clone(host.Vm) {
		if vm := c.machine(ref); vm != nil {
			failures = append(failures, c.unregister(ctx, vm))
		}
	}
	for _, ref := range slices.Clone(host.Datastore) {
		if datastore, ok := c.registry.Get(ref).(*simulator.Datastore); ok {
			c.unmount(ctx, datastore, host)
		}
	}
	c.registry.RemoveReference(ctx, c.cluster, &c.cluster.Host, host.Self)
	ctx.WithLock(c.cluster, func() {
		for _, group := range c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).Group {
			if group, ok := group.(*types.ClusterHostGroup); ok {
				simulator.RemoveReference(&group.Host, host.Self)
			}
		}
	})
	// The simulator looks at every host that it lists here when another one joins.
	for _, object := range c.registry.AllReference("EnvironmentBrowser") {
		descriptors := object.(*simulator.EnvironmentBrowser).QueryConfigOptionDescriptorResponse.Returnval
		for n := range descriptors {
			simulator.RemoveReference(&descriptors[n].Host, host.Self)
		}
	}
	c.registry.Remove(ctx, host.Self)
	c.keeper.mark(c.cluster.Self)
	failures = append(failures, c.ledger.setRemoved(host.Name))
	c.Inventory = c.whole.Without(c.ledger.removed())
	c.sumUpCluster()
	return errors.Join(failures...)
}

// unregister makes the API forget a machine, whatever its state. Its files stay where they are.
func (c *Center) unregister(ctx *simulator.Context, vm *simulator.VirtualMachine) error {
	vm.Runtime.PowerState = types.VirtualMachinePowerStatePoweredOff
	if fault := vm.UnregisterVM(ctx, &types.UnregisterVM{This: vm.Self}).Fault(); fault != nil {
		return fmt.Errorf("machine %s: %s", vm.Name, fault.String)
	}
	return c.removeGuest(vm)
}

// unmount takes a datastore from a host, and out of the inventory with the last one.
func (c *Center) unmount(ctx *simulator.Context, datastore *simulator.Datastore, host *simulator.HostSystem) {
	c.registry.RemoveReference(ctx, host, &host.Datastore, datastore.Self)
	if system, ok := c.registry.Get(*host.ConfigManager.DatastoreSystem).(*simulator.HostDatastoreSystem); ok {
		simulator.RemoveReference(&system.Datastore, datastore.Self)
	}
	host.Config.FileSystemVolume.MountInfo = withoutMount(host.Config.FileSystemVolume.MountInfo, datastore.Name)
	ctx.WithLock(datastore, func() {
		datastore.Host = slices.DeleteFunc(datastore.Host, func(mount types.DatastoreHostMount) bool { return mount.Key == host.Self })
	})
	if len(datastore.Host) > 0 {
		return
	}
	c.registry.RemoveReference(ctx, c.cluster, &c.cluster.Datastore, datastore.Self)
	c.registry.RemoveReference(ctx, c.dataCenter, &c.dataCenter.Datastore, datastore.Self)
	if folder, ok := c.registry.Get(*datastore.Parent).(*simulator.Folder); ok {
		c.registry.RemoveReference(ctx, folder, &folder.ChildEntity, datastore.Self)
	}
	c.registry.Remove(ctx, datastore.Self)
}

// replaceHost joins another host of the same name, with empty disks, in the place of one that was taken out. What vCenter makes
// of it has other ids. Templates that lay there are brought along.
func (c *Center) replaceHost(ctx context.Context, name string) error {
	if !slices.Contains(c.ledger.removed(), name) {
		return fmt.Errorf("host %s: is in the inventory; take it out first: govc host.remove", name)
	}
	if err := c.ledger.setReplaced(name); err != nil {
		return err
	}
	c.Inventory = c.whole.Without(c.ledger.removed())
	for _, entry := range c.Inventory.Devices {
		if len(entry.Hosts) == 1 && entry.Hosts[0] == name {
			if err := c.emptyDevice(entry.ID); err != nil {
				return err
			}
		}
	}
	entry := c.Inventory.Hosts[slices.IndexFunc(c.Inventory.Hosts, func(h inventory.Host) bool { return h.Name == name })]
	if err := c.buildHost(ctx, entry); err != nil {
		return err
	}
	c.useHardwareVersion13()
	host := c.hostNamed(name)
	host.Network = slices.Clone(c.cluster.Network)
	for _, datastore := range c.Inventory.Datastores {
		if slices.Contains(c.Inventory.Device(datastore.Device).Hosts, name) {
			if err := c.buildDatastore(ctx, datastore); err != nil {
				return err
			}
		}
	}
	c.sumUpCluster()
	return c.rebuildTemplates(ctx)
}

// replaceDevice puts an empty disk in the place of one that has failed, with datastores of the same names.
func (c *Center) replaceDevice(ctx context.Context, id string) error {
	d, err := c.deviceNamed(id)
	if err != nil {
		return err
	}
	if !c.ledger.failed(id) {
		return fmt.Errorf("device %s: works; let it fail first", id)
	}
	var left []string
	for _, vm := range c.machinesOn(id) {
		left = append(left, vm.Name)
	}
	if len(left) > 0 {
		return fmt.Errorf("device %s: vCenter still lists %s; take them out first: govc vm.unregister", id, strings.Join(left, ", "))
	}
	for _, entry := range c.sameDevice(id) {
		datastore := c.datastoreNamed(entry.Name)
		if datastore == nil {
			continue
		}
		for _, ref := range slices.Clone(datastore.Vm) {
			if vm := c.machine(ref); vm != nil {
				if err := c.unregister(c.context(), vm); err != nil {
					return err
				}
			}
		}
		for _, mount := range slices.Clone(datastore.Host) {
			if host, ok := c.registry.Get(mount.Key).(*simulator.HostSystem); ok {
				c.unmount(c.context(), datastore, host)
			}
		}
	}
	if err := c.emptyDevice(d.ID); err != nil {
		return err
	}
	for _, entry := range c.sameDevice(id) {
		if err := c.ledger.count("datastore/" + entry.Name); err != nil {
			return err
		}
		if err := c.buildDatastore(ctx, entry); err != nil {
			return err
		}
	}
	return c.rebuildTemplates(ctx)
}

// emptyDevice makes a device new: nothing is on it.
func (c *Center) emptyDevice(id string) error {
	d := c.devices[id]
	if d == nil {
		d = device.New(filepath.Join(c.State, "devices"), id)
		c.devices[id] = d
	}
	if err := d.Renew(); err != nil {
		return err
	}
	for _, entry := range c.sameDevice(id) {
		if err := os.RemoveAll(filepath.Join(c.State, "datastores", entry.Name)); err != nil {
			return err
		}
	}
	return errors.Join(c.seed.Plant(d), c.ledger.setFailed(id, false))
}

// rebuildTemplates imports the templates again that are no longer there.
func (c *Center) rebuildTemplates(ctx context.Context) error {
	for _, image := range c.Inventory.Templates() {
		there := slices.ContainsFunc(c.allMachines(), func(vm *simulator.VirtualMachine) bool {
			return vm.Config.Template && vm.Name == image.Name
		})
		if there {
			continue
		}
		home := c.templateHome()
		log.Printf("template %s: is imported again, on %s", image.Name, home)
		if err := c.buildTemplate(ctx, image, home); err != nil {
			return err
		}
		for _, vm := range c.allMachines() {
			if vm.Config.Template && vm.Name == image.Name {
				c.base[vm.Self] = true
			}
		}
	}
	return nil
}

// blockOf is what the ids of a host or datastore go by: a replacement has others.
func (c *Center) blockOf(kind, name string, hosts ...string) string {
	key := kind + "/" + name
	generation := c.ledger.counted(key)
	for _, host := range hosts {
		generation += c.ledger.counted("host/" + host)
	}
	if generation == 0 {
		return key
	}
	return fmt.Sprintf("%s#%d", key, generation)
}

// blockOfDatastore is that of a datastore: one of a host's own goes with it.
func (c *Center) blockOfDatastore(datastore inventory.Datastore) string {
	hosts := c.Inventory.Device(datastore.Device).Hosts
	if len(hosts) > 1 {
		hosts = nil
	}
	return c.blockOf("datastore", datastore.Name, hosts...)
}
