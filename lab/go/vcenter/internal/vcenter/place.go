package vcenter

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// CloneVMTask makes a machine from this one. Its disks have the template's content at once: they are reflink copies.
func (m *Machine) CloneVMTask(ctx *simulator.Context, req *types.CloneVM_Task) soap.HasFault {
	c := m.center
	task := c.task(ctx, m.Self, "cloneVm", func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.place(req); fault != nil {
			return nil, fault
		}
		if req.Spec.Config == nil {
			req.Spec.Config = &types.VirtualMachineConfigSpec{}
		}
		if req.Spec.Config.Uuid == "" {
			req.Spec.Config.Uuid = c.newUUID()
		}
		if req.Spec.Config.InstanceUuid == "" {
			req.Spec.Config.InstanceUuid = uuid.NewString()
		}
		body := m.VirtualMachine.CloneVMTask(ctx, req)
		result, fault := await(ctx, body, func() types.ManagedObjectReference {
			return body.(*methods.CloneVM_TaskBody).Res.Returnval
		})
		if fault != nil {
			return nil, fault
		}
		if vm := c.machine(result.(types.ManagedObjectReference)); vm != nil {
			if err := c.setImage(vm, c.imageOf(m.VirtualMachine)); err != nil {
				return nil, systemError(err)
			}
			c.giveFormats(vm)
			disks := virtualDisks(vm)
			// Files that a machine of the name has left behind are not the new one's.
			if err := c.deleteDisks(disks); err != nil {
				return nil, systemError(err)
			}
			go c.createDisks(disks) // power on waits for it, and reports what goes wrong
			if req.Spec.PowerOn {
				(&Machine{vm, c}).PowerOnVMTask(c.context(), &types.PowerOnVM_Task{This: vm.Self})
			}
		}
		return result, nil
	})
	return &methods.CloneVM_TaskBody{Res: &types.CloneVM_TaskResponse{Returnval: task}}
}

// newUUID picks an id whose last digits, from which a machine's network address is made, no other machine has.
func (c *Center) newUUID() string {
	taken := map[string]bool{}
	tail := func(id string) string { return id[len(id)-3:] }
	for _, entity := range c.registry.All("VirtualMachine") {
		if vm, ok := entity.(*simulator.VirtualMachine); ok && vm.Config != nil && len(vm.Config.Uuid) > 3 {
			taken[tail(vm.Config.Uuid)] = true
		}
	}
	for {
		if id := uuid.NewString(); !taken[tail(id)] || len(taken) > 4000 {
			return id
		}
	}
}

// place chooses a host, if the caller left that to DRS, and refuses datastores that the host does not have.
func (m *Machine) place(req *types.CloneVM_Task) types.BaseMethodFault {
	c := m.center
	location := &req.Spec.Location
	changes := location.DeviceChange
	if req.Spec.Config != nil {
		changes = append(changes[:len(changes):len(changes)], req.Spec.Config.DeviceChange...)
	}
	datastores := datastoresOf(c, changes)
	for _, disk := range location.Disk {
		if datastore, ok := c.registry.Get(disk.Datastore).(*simulator.Datastore); ok {
			datastores = append(datastores, datastore)
		}
	}
	if location.Datastore == nil && location.Host != nil {
		// The template's own datastore, as vCenter does.
		location.Datastore = &m.Datastore[0]
	}
	if location.Datastore != nil {
		datastore, ok := c.registry.Get(*location.Datastore).(*simulator.Datastore)
		if !ok {
			return &types.ManagedObjectNotFound{Obj: *location.Datastore}
		}
		datastores = append(datastores, datastore)
	}
	if location.Host != nil {
		host, ok := c.registry.Get(*location.Host).(*simulator.HostSystem)
		if !ok {
			return &types.ManagedObjectNotFound{Obj: *location.Host}
		}
		if fault := c.checkPlace(host, datastores); fault != nil {
			return fault
		}
		return c.checkHost(host, m.VirtualMachine)
	}
	if config := c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).DrsConfig; config.Enabled == nil || !*config.Enabled {
		fault := &types.InvalidArgument{InvalidProperty: "spec.location.host"}
		fault.MethodFault = because("A specified parameter was not correct: spec.location.host. Without DRS a host has to be named.")
		return fault
	}
	var fault types.BaseMethodFault
	for _, ref := range c.cluster.Host {
		host := c.registry.Get(ref).(*simulator.HostSystem)
		if fault = c.checkPlace(host, datastores); fault == nil {
			fault = c.checkHost(host, m.VirtualMachine)
		}
		if fault == nil {
			location.Host = &ref
			return nil
		}
	}
	return fault
}

// checkPlace refuses a host that is down, and datastores that it does not see or that have failed.
func (c *Center) checkPlace(host *simulator.HostSystem, datastores []*simulator.Datastore) types.BaseMethodFault {
	if host.Runtime.ConnectionState != types.HostSystemConnectionStateConnected {
		return notConnected(host)
	}
	for _, datastore := range datastores {
		message := ""
		switch {
		case c.registry.FindByName(datastore.Name, host.Datastore) == nil:
			message = fmt.Sprintf("The host %s has no access to the datastore %s.", host.Name, datastore.Name)
		case !datastore.Summary.Accessible || c.faults.datastore(datastore.Name):
			message = fmt.Sprintf("The datastore %s is not accessible: its device does not answer.", datastore.Name)
		default:
			continue
		}
		return &types.InaccessibleDatastore{
			InvalidDatastore: types.InvalidDatastore{
				VimFault: types.VimFault{MethodFault: because(message)}, Datastore: &datastore.Self, Name: datastore.Name,
			},
			Detail: message,
		}
	}
	return nil
}

// datastoresOf are the datastores that disks are put on by a change.
func datastoresOf(c *Center, changes []types.BaseVirtualDeviceConfigSpec) []*simulator.Datastore {
	var found []*simulator.Datastore
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		disk, ok := spec.Device.(*types.VirtualDisk)
		if !ok || spec.Operation == types.VirtualDeviceConfigSpecOperationRemove {
			continue
		}
		backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
		if !ok {
			continue
		}
		info := backing.GetVirtualDeviceFileBackingInfo()
		var path object.DatastorePath
		if path.FromString(info.FileName) {
			if datastore := c.datastoreNamed(path.Datastore); datastore != nil {
				found = append(found, datastore)
			}
		} else if info.Datastore != nil {
			if datastore, ok := c.registry.Get(*info.Datastore).(*simulator.Datastore); ok {
				info.FileName = "[" + datastore.Name + "]"
				found = append(found, datastore)
			}
		}
	}
	return found
}
