package vcenter

import (
	"errors"
	"log"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// Machine is a virtual machine whose guest is a container.
type Machine struct {
	*simulator.VirtualMachine
	center *Center
}

// ReconfigVMTask changes the machine's hardware; a container follows at its next power on.
func (m *Machine) ReconfigVMTask(ctx *simulator.Context, req *types.ReconfigVM_Task) soap.HasFault {
	task := m.center.task(ctx, m.Self, "reconfigVm", func() (types.AnyType, types.BaseMethodFault) {
		host := m.center.registry.Get(*m.Runtime.Host).(*simulator.HostSystem)
		if fault := m.center.checkPlace(host, datastoresOf(m.center, req.Spec.DeviceChange)); fault != nil {
			return nil, fault
		}
		if fault := m.center.deadDisk(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		for _, change := range req.Spec.DeviceChange {
			if fault := m.center.checkCard(host, change.GetVirtualDeviceConfigSpec().Device); fault != nil {
				return nil, fault
			}
		}
		removed := m.removedDisks(req.Spec.DeviceChange)
		body := m.VirtualMachine.ReconfigVMTask(ctx, req)
		result, fault := await(ctx, body, func() types.ManagedObjectReference {
			return body.(*methods.ReconfigVM_TaskBody).Res.Returnval
		})
		if fault == nil {
			m.center.giveFormats(m.VirtualMachine)
			m.center.deleteDisks(removed)
		}
		return result, fault
	})
	return &methods.ReconfigVM_TaskBody{Res: &types.ReconfigVM_TaskResponse{Returnval: task}}
}

// removedDisks are the disks whose files a change deletes.
func (m *Machine) removedDisks(changes []types.BaseVirtualDeviceConfigSpec) []virtualDisk {
	var removed []virtualDisk
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		if spec.Operation != types.VirtualDeviceConfigSpecOperationRemove ||
			spec.FileOperation != types.VirtualDeviceConfigSpecFileOperationDestroy {
			continue
		}
		for _, disk := range virtualDisks(m.VirtualMachine) {
			if disk.key == spec.Device.GetVirtualDevice().Key {
				removed = append(removed, disk)
			}
		}
	}
	return removed
}

// DestroyTask deletes the machine with its container and its disks.
func (m *Machine) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	task := m.center.task(ctx, m.Self, "destroy", func() (types.AnyType, types.BaseMethodFault) {
		if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			return nil, &types.InvalidPowerState{
				RequestedState: types.VirtualMachinePowerStatePoweredOff, ExistingState: m.Runtime.PowerState,
			}
		}
		if fault := m.center.deadDisk(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		disks := virtualDisks(m.VirtualMachine)
		template := m.Config.Template
		body := m.VirtualMachine.DestroyTask(ctx, req)
		result, fault := await(ctx, body, func() types.ManagedObjectReference {
			return body.(*methods.Destroy_TaskBody).Res.Returnval
		})
		if fault != nil || template {
			return result, fault
		}
		if err := errors.Join(m.center.removeGuest(m.VirtualMachine), m.center.deleteDisks(disks)); err != nil {
			return nil, systemError(err)
		}
		return result, nil
	})
	return &methods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

// UnregisterVM makes vCenter forget the machine. Its files stay; nobody here brings them back, so its container goes.
func (m *Machine) UnregisterVM(ctx *simulator.Context, req *types.UnregisterVM) soap.HasFault {
	if m.center.inaccessible(m.VirtualMachine) {
		m.Runtime.PowerState = types.VirtualMachinePowerStatePoweredOff // What cannot be read does not run.
	}
	body := m.VirtualMachine.UnregisterVM(ctx, req)
	if body.Fault() == nil {
		if err := m.center.removeGuest(m.VirtualMachine); err != nil {
			log.Printf("machine %s: %v", m.Name, err)
		}
	}
	return body
}

// RelocateVMTask moves the machine to another host, and its disks to another datastore.
func (m *Machine) RelocateVMTask(ctx *simulator.Context, req *types.RelocateVM_Task) soap.HasFault {
	task := m.center.task(ctx, m.Self, "relocateVm", func() (types.AnyType, types.BaseMethodFault) {
		return m.relocate(ctx, req)
	})
	return &methods.RelocateVM_TaskBody{Res: &types.RelocateVM_TaskResponse{Returnval: task}}
}

// Cluster is the cluster, whose tasks can be made to fail.
type Cluster struct {
	*simulator.ClusterComputeResource
	center *Center
}

// ReconfigureComputeResourceTask changes rules, groups and settings.
func (c *Cluster) ReconfigureComputeResourceTask(ctx *simulator.Context, req *types.ReconfigureComputeResource_Task) soap.HasFault {
	task := c.center.task(ctx, c.Self, "reconfigureCluster", func() (types.AnyType, types.BaseMethodFault) {
		body := c.ClusterComputeResource.ReconfigureComputeResourceTask(ctx, req)
		return await(ctx, body, func() types.ManagedObjectReference {
			return body.(*methods.ReconfigureComputeResource_TaskBody).Res.Returnval
		})
	})
	return &methods.ReconfigureComputeResource_TaskBody{
		Res: &types.ReconfigureComputeResource_TaskResponse{Returnval: task},
	}
}

// Datacenter powers on several machines at once.
type Datacenter struct {
	*simulator.Datacenter
	center *Center
}

// PowerOnMultiVMTask powers machines on, each in a task of its own.
func (d *Datacenter) PowerOnMultiVMTask(ctx *simulator.Context, req *types.PowerOnMultiVM_Task) soap.HasFault {
	task := d.center.task(ctx, d.Self, "powerOnMultiVM", func() (types.AnyType, types.BaseMethodFault) {
		result := types.ClusterPowerOnVmResult{Attempted: []types.ClusterAttemptedVmInfo{}}
		for _, ref := range req.Vm {
			vm := d.center.machine(ref)
			if vm == nil {
				return nil, &types.ManagedObjectNotFound{Obj: ref}
			}
			machine := &Machine{vm, d.center}
			body := machine.PowerOnVMTask(d.center.context(), &types.PowerOnVM_Task{This: ref})
			started := body.(*methods.PowerOnVM_TaskBody)
			if started.Res != nil {
				result.Attempted = append(result.Attempted, types.ClusterAttemptedVmInfo{Vm: ref, Task: &started.Res.Returnval})
			}
		}
		return result, nil
	})
	return &methods.PowerOnMultiVM_TaskBody{Res: &types.PowerOnMultiVM_TaskResponse{Returnval: task}}
}
