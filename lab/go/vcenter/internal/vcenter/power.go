package vcenter

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// shutdownGrace is how long a guest may take to shut down before its power is taken away.
const shutdownGrace = 30 * time.Second

// PowerOnVMTask starts the guest.
func (m *Machine) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	if m.Config.Template {
		return m.VirtualMachine.PowerOnVMTask(ctx, req)
	}
	task := m.center.task(ctx, m.Self, "powerOn", func() (types.AnyType, types.BaseMethodFault) {
		if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			return nil, &types.InvalidPowerState{
				RequestedState: types.VirtualMachinePowerStatePoweredOn, ExistingState: m.Runtime.PowerState,
			}
		}
		host := m.center.registry.Get(*m.Runtime.Host).(*simulator.HostSystem)
		var datastores []*simulator.Datastore
		for _, ref := range m.Datastore {
			datastores = append(datastores, m.center.registry.Get(ref).(*simulator.Datastore))
		}
		if fault := m.center.checkPlace(host, datastores); fault != nil {
			return nil, fault
		}
		if fault := m.center.checkHost(host, m.VirtualMachine); fault != nil {
			return nil, fault
		}
		address, err := m.center.startGuest(context.Background(), m.VirtualMachine)
		if err != nil {
			message := fmt.Sprintf("machine %s: could not be started: %v", m.Name, err)
			log.Print(message)
			return nil, &types.GenericVmConfigFault{
				VmConfigFault: types.VmConfigFault{VimFault: types.VimFault{MethodFault: because(message)}}, Reason: message,
			}
		}
		result, fault := m.center.showPower(ctx, m.VirtualMachine, true)
		if fault == nil {
			m.center.report(ctx, m.VirtualMachine, address)
		}
		return result, fault
	})
	return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: task}}
}

// PowerOffVMTask takes the guest's power away.
func (m *Machine) PowerOffVMTask(ctx *simulator.Context, req *types.PowerOffVM_Task) soap.HasFault {
	task := m.center.task(ctx, m.Self, "powerOff", func() (types.AnyType, types.BaseMethodFault) {
		if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOff {
			return nil, &types.InvalidPowerState{
				RequestedState: types.VirtualMachinePowerStatePoweredOff, ExistingState: m.Runtime.PowerState,
			}
		}
		if err := m.center.endGuest(context.Background(), m.VirtualMachine, 0); err != nil {
			return nil, systemError(err)
		}
		result, fault := m.center.showPower(ctx, m.VirtualMachine, false)
		m.center.reportNothing(ctx, m.VirtualMachine)
		return result, fault
	})
	return &methods.PowerOffVM_TaskBody{Res: &types.PowerOffVM_TaskResponse{Returnval: task}}
}

// ShutdownGuest asks the guest to shut down; the power state follows when it has.
func (m *Machine) ShutdownGuest(ctx *simulator.Context, _ *types.ShutdownGuest) soap.HasFault {
	body := &methods.ShutdownGuestBody{}
	if body.Fault_ = m.mustBeOn(); body.Fault_ != nil {
		return body
	}
	go func() {
		if err := m.center.endGuest(context.Background(), m.VirtualMachine, shutdownGrace); err != nil {
			log.Printf("machine %s: could not be shut down: %v", m.Name, err)
			return
		}
		m.center.wentOff(m.VirtualMachine)
	}()
	body.Res = &types.ShutdownGuestResponse{}
	return body
}

// RebootGuest lets the guest shut down and starts it again.
func (m *Machine) RebootGuest(ctx *simulator.Context, _ *types.RebootGuest) soap.HasFault {
	body := &methods.RebootGuestBody{}
	if body.Fault_ = m.mustBeOn(); body.Fault_ != nil {
		return body
	}
	go func() {
		if err := m.restart(shutdownGrace); err != nil {
			log.Printf("machine %s: could not be rebooted: %v", m.Name, err)
		}
	}()
	body.Res = &types.RebootGuestResponse{}
	return body
}

// ResetVMTask takes the guest's power away and gives it back.
func (m *Machine) ResetVMTask(ctx *simulator.Context, _ *types.ResetVM_Task) soap.HasFault {
	task := m.center.task(ctx, m.Self, "reset", func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.mustBeOn(); fault != nil {
			return nil, fault.Detail.Fault.(types.BaseMethodFault)
		}
		if err := m.restart(0); err != nil {
			return nil, systemError(err)
		}
		return nil, nil
	})
	return &methods.ResetVM_TaskBody{Res: &types.ResetVM_TaskResponse{Returnval: task}}
}

func (m *Machine) restart(grace time.Duration) error {
	if err := m.center.endGuest(context.Background(), m.VirtualMachine, grace); err != nil {
		return err
	}
	_, err := m.center.startGuest(context.Background(), m.VirtualMachine)
	return err
}

func (m *Machine) mustBeOn() *soap.Fault {
	if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		return nil
	}
	return simulator.Fault("", &types.InvalidPowerState{
		RequestedState: types.VirtualMachinePowerStatePoweredOn, ExistingState: m.Runtime.PowerState,
	})
}

// showPower makes the simulator's machine what the guest is.
func (c *Center) showPower(ctx *simulator.Context, vm *simulator.VirtualMachine, on bool) (types.AnyType, types.BaseMethodFault) {
	if on {
		body := vm.PowerOnVMTask(ctx, &types.PowerOnVM_Task{This: vm.Self})
		return await(ctx, body, func() types.ManagedObjectReference { return body.(*methods.PowerOnVM_TaskBody).Res.Returnval })
	}
	body := vm.PowerOffVMTask(ctx, &types.PowerOffVM_Task{This: vm.Self})
	return await(ctx, body, func() types.ManagedObjectReference { return body.(*methods.PowerOffVM_TaskBody).Res.Returnval })
}

// wentOff says that a guest has ended.
func (c *Center) wentOff(vm *simulator.VirtualMachine) {
	if c.machine(vm.Self) == nil || vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOff {
		return
	}
	ctx := c.context()
	if _, fault := c.showPower(ctx, vm, false); fault != nil {
		log.Printf("machine %s: has ended, and that could not be shown: %T", vm.Name, fault)
	}
	ctx.WithLock(vm, func() { c.reportNothing(ctx, vm) })
}
