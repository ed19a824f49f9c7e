package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// What a vCenter refuses at once: whatever needs a host that does not answer, or files that cannot be read.

// needsHost are the methods of a virtual machine that its host carries out.
var needsHost = map[string]bool{
	"PowerOnVM_Task": true, "PowerOffVM_Task": true, "ResetVM_Task": true, "SuspendVM_Task": true,
	"ShutdownGuest": true, "RebootGuest": true, "ReconfigVM_Task": true, "RelocateVM_Task": true, "MigrateVM_Task": true,
	"CloneVM_Task": true, "Destroy_Task": true, "UnregisterVM": true, "CreateSnapshot_Task": true, "Rename_Task": true,
	"UpgradeVM_Task": true, "MarkAsTemplate": true, "MarkAsVirtualMachine": true,
}

// refusal is the fault of a call that does not come to anything; nil if it does.
func (c *Center) refusal(ctx *simulator.Context, method *simulator.Method) types.BaseMethodFault {
	if fault := c.lacks(ctx, method); fault != nil {
		return fault
	}
	vm := c.machine(method.This)
	if vm == nil || !needsHost[method.Name] {
		return nil
	}
	if host := c.hostOf(vm); host != nil && host.Runtime.ConnectionState != types.HostSystemConnectionStateConnected {
		return notConnected(host)
	}
	if c.inaccessible(vm) && method.Name != "UnregisterVM" {
		return invalidState(fmt.Sprintf("The virtual machine %s is inaccessible: its files cannot be read.", vm.Name))
	}
	return nil
}

func notConnected(host *simulator.HostSystem) types.BaseMethodFault {
	message := fmt.Sprintf("Unable to communicate with the host %s, since it is %s.", host.Name, host.Runtime.ConnectionState)
	return &types.HostNotConnected{HostCommunication: types.HostCommunication{
		RuntimeFault: types.RuntimeFault{MethodFault: because(message)},
	}}
}

func invalidState(message string) types.BaseMethodFault {
	return &types.InvalidState{VimFault: types.VimFault{MethodFault: because(message)}}
}

// hostOf is the host that a machine is on; nil if it is gone.
func (c *Center) hostOf(vm *simulator.VirtualMachine) *simulator.HostSystem {
	if vm.Runtime.Host == nil {
		return nil
	}
	host, _ := c.registry.Get(*vm.Runtime.Host).(*simulator.HostSystem)
	return host
}

// isDown says whether the host of a machine has no power.
func (c *Center) isDown(vm *simulator.VirtualMachine) bool {
	host := c.hostOf(vm)
	return host != nil && c.ledger.down(host.Name)
}

// home is the datastore of the machine's own files.
func home(vm *simulator.VirtualMachine) string {
	var path object.DatastorePath
	if vm.Config == nil || !path.FromString(vm.Config.Files.VmPathName) {
		return ""
	}
	return path.Datastore
}

// inaccessible says whether a machine's own files lie on a device that is dead: vCenter has none of its settings then.
func (c *Center) inaccessible(vm *simulator.VirtualMachine) bool { return c.isDead(home(vm)) }

// isDead says whether the device of a datastore has failed.
func (c *Center) isDead(datastore string) bool {
	entry := c.Inventory.Datastore(datastore)
	return entry != nil && c.ledger.failed(entry.Device)
}

// deadDisk is the fault of an operation that has to write to one of the machine's disks; nil if all can be written to.
func (c *Center) deadDisk(vm *simulator.VirtualMachine) types.BaseMethodFault {
	for _, disk := range virtualDisks(vm) {
		if c.isDead(disk.datastore) {
			file := (&object.DatastorePath{Datastore: disk.datastore, Path: disk.path}).String()
			fault := &types.CannotAccessFile{FileFault: types.FileFault{File: file}}
			fault.MethodFault = because(fmt.Sprintf("Unable to access file %s", file))
			return fault
		}
	}
	return nil
}

// showConnection makes the API say how far a machine can be reached.
func (c *Center) showConnection(vm *simulator.VirtualMachine) {
	state := types.VirtualMachineConnectionStateConnected
	switch host := c.hostOf(vm); {
	case host != nil && host.Runtime.ConnectionState != types.HostSystemConnectionStateConnected:
		state = types.VirtualMachineConnectionStateDisconnected
	case c.inaccessible(vm):
		state = types.VirtualMachineConnectionStateInaccessible
	}
	ctx := c.context()
	ctx.WithLock(vm, func() {
		ctx.Update(vm, []types.PropertyChange{
			{Name: "runtime.connectionState", Val: state},
			{Name: "summary.runtime.connectionState", Val: state},
		})
	})
}

// allMachines are the virtual machines, templates among them.
func (c *Center) allMachines() []*simulator.VirtualMachine {
	var found []*simulator.VirtualMachine
	for _, entity := range c.registry.All("VirtualMachine") {
		if vm, ok := entity.(*simulator.VirtualMachine); ok && vm.Config != nil {
			found = append(found, vm)
		}
	}
	return found
}

// checkHost refuses to run a machine on a host that is in maintenance, lacks one of its networks, or that a mandatory rule
// forbids. Groups of rules know a machine only when it is there.
func (c *Center) checkHost(host *simulator.HostSystem, vm *simulator.VirtualMachine) types.BaseMethodFault {
	if host.Runtime.InMaintenanceMode {
		return invalidState(fmt.Sprintf("The operation is not allowed in the current state: the host %s is in maintenance mode.", host.Name))
	}
	for _, device := range object.VirtualDeviceList(vm.Config.Hardware.Device) {
		if fault := c.checkCard(host, device); fault != nil {
			return fault
		}
	}
	return c.brokenRule(host, vm)
}

// checkCard refuses a network card whose network the host does not have.
func (c *Center) checkCard(host *simulator.HostSystem, device types.BaseVirtualDevice) types.BaseMethodFault {
	card, ok := device.(types.BaseVirtualEthernetCard)
	if !ok {
		return nil
	}
	backing, ok := card.GetVirtualEthernetCard().Backing.(*types.VirtualEthernetCardNetworkBackingInfo)
	if !ok || backing.Network == nil || simulator.FindReference(host.Network, *backing.Network) != nil {
		return nil
	}
	fault := &types.CannotAccessNetwork{Network: backing.Network}
	fault.MethodFault = because(fmt.Sprintf("The network %s is not accessible on the host %s.", backing.DeviceName, host.Name))
	return fault
}

// brokenRule is the fault of a machine on a host that a mandatory rule keeps it from; nil if none does.
func (c *Center) brokenRule(host *simulator.HostSystem, vm *simulator.VirtualMachine) types.BaseMethodFault {
	config, ok := c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	if !ok {
		return nil
	}
	has := func(name string, ref types.ManagedObjectReference) bool {
		for _, group := range config.Group {
			if group.GetClusterGroupInfo().Name != name {
				continue
			}
			switch group := group.(type) {
			case *types.ClusterVmGroup:
				return simulator.FindReference(group.Vm, ref) != nil
			case *types.ClusterHostGroup:
				return simulator.FindReference(group.Host, ref) != nil
			}
		}
		return false
	}
	isSet := func(value *bool) bool { return value != nil && *value }
	for _, entry := range config.Rule {
		rule, ok := entry.(*types.ClusterVmHostRuleInfo)
		if !ok || !isSet(rule.Enabled) || !isSet(rule.Mandatory) || !has(rule.VmGroupName, vm.Self) {
			continue
		}
		away := rule.AffineHostGroupName != "" && !has(rule.AffineHostGroupName, host.Self)
		if away || rule.AntiAffineHostGroupName != "" && has(rule.AntiAffineHostGroupName, host.Self) {
			fault := &types.VmHostAffinityRuleViolation{VmName: vm.Name, HostName: host.Name}
			fault.MethodFault = because(fmt.Sprintf(
				"The virtual machine %s would violate the mandatory rule %s on the host %s.", vm.Name, rule.Name, host.Name))
			return fault
		}
	}
	return nil
}
