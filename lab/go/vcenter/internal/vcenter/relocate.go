package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// relocate moves a machine that is off: its host, and the datastores of its disks. The simulator moves neither files nor
// the references to the machine; that is done here.
func (m *Machine) relocate(ctx *simulator.Context, req *types.RelocateVM_Task) (types.AnyType, types.BaseMethodFault) {
	c := m.center
	targets, datastores := m.targets(req)
	host := c.registry.Get(*m.Runtime.Host).(*simulator.HostSystem)
	if req.Spec.Host != nil {
		to, ok := c.registry.Get(*req.Spec.Host).(*simulator.HostSystem)
		if !ok {
			return nil, &types.ManagedObjectNotFound{Obj: *req.Spec.Host}
		}
		host = to
	}
	for _, disk := range virtualDisks(m.VirtualMachine) {
		if targets[disk.key] == nil {
			datastores = append(datastores, c.datastoreNamed(disk.datastore))
		}
	}
	if fault := c.checkPlace(host, datastores); fault != nil {
		return nil, fault
	}
	if fault := c.checkHost(host, m.VirtualMachine); fault != nil {
		return nil, fault
	}
	if len(targets) > 0 && m.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
		return nil, &types.InvalidPowerState{
			RequestedState: types.VirtualMachinePowerStatePoweredOff, ExistingState: m.Runtime.PowerState,
		}
	}
	if err := m.moveDisks(ctx, targets); err != nil {
		return nil, systemError(err)
	}
	from := c.registry.Get(*m.Runtime.Host).(*simulator.HostSystem)
	req.Spec.Datastore, req.Spec.Disk, req.Spec.DeviceChange = nil, nil, nil
	body := m.VirtualMachine.RelocateVMTask(ctx, req)
	result, fault := await(ctx, body, func() types.ManagedObjectReference {
		return body.(*methods.RelocateVM_TaskBody).Res.Returnval
	})
	if fault == nil && from != host {
		c.registry.RemoveReference(ctx, from, &from.Vm, m.Self)
		c.registry.AddReference(ctx, host, &host.Vm, m.Self)
	}
	return result, fault
}

// targets are the datastores that disks go to, by the disk's key; those that stay are left out.
func (m *Machine) targets(req *types.RelocateVM_Task) (map[int32]*simulator.Datastore, []*simulator.Datastore) {
	c := m.center
	wanted := map[int32]types.ManagedObjectReference{}
	if req.Spec.Datastore != nil {
		for _, disk := range virtualDisks(m.VirtualMachine) {
			wanted[disk.key] = *req.Spec.Datastore
		}
	}
	for _, disk := range req.Spec.Disk {
		wanted[disk.DiskId] = disk.Datastore
	}
	targets := map[int32]*simulator.Datastore{}
	var list []*simulator.Datastore
	for _, disk := range virtualDisks(m.VirtualMachine) {
		datastore, ok := c.registry.Get(wanted[disk.key]).(*simulator.Datastore)
		if ok && datastore.Name != disk.datastore {
			targets[disk.key] = datastore
			list = append(list, datastore)
		}
	}
	return targets, list
}

// moveDisks copies disks to their new datastores, points the machine at them and deletes the old ones.
func (m *Machine) moveDisks(ctx *simulator.Context, targets map[int32]*simulator.Datastore) error {
	c := m.center
	devices := object.VirtualDeviceList(m.Config.Hardware.Device)
	for _, disk := range virtualDisks(m.VirtualMachine) {
		to := targets[disk.key]
		if to == nil {
			continue
		}
		moved := disk
		moved.datastore = to.Name
		source, target := c.folder(disk), c.folder(moved)
		if source == nil || target == nil {
			return fmt.Errorf("disk %s: its datastore is not of the inventory", disk.label)
		}
		if source.Exists() {
			if err := source.CopyTo(*target); err != nil {
				return err
			}
		}
		backing := devices.FindByKey(disk.key).GetVirtualDevice().Backing.(types.BaseVirtualDeviceFileBackingInfo)
		info := backing.GetVirtualDeviceFileBackingInfo()
		info.FileName = (&object.DatastorePath{Datastore: to.Name, Path: disk.path}).String()
		info.Datastore = &to.Self
		c.registry.AddReference(ctx, to, &to.Vm, m.Self)
		if err := source.Delete(); err != nil {
			return err
		}
	}
	m.VirtualMachine.Datastore = m.usedDatastores()
	return nil
}

// usedDatastores are the datastores of the machine's own files and its disks.
func (m *Machine) usedDatastores() []types.ManagedObjectReference {
	var path object.DatastorePath
	path.FromString(m.Config.Files.VmPathName)
	names := []string{path.Datastore}
	for _, disk := range virtualDisks(m.VirtualMachine) {
		names = append(names, disk.datastore)
	}
	var used []types.ManagedObjectReference
	for _, name := range names {
		if datastore := m.center.datastoreNamed(name); datastore != nil && simulator.FindReference(used, datastore.Self) == nil {
			used = append(used, datastore.Self)
		}
	}
	return used
}
