package vcenter

import (
	"fmt"
	"log"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// dispatch sees every call before the simulator does. Objects whose methods mean something here, beyond the simulator's,
// are shown to the caller's session as our own types; the registry, on whose types the simulator relies, keeps its own.
func (c *Center) dispatch(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if fault := c.refusal(ctx, method); fault != nil {
		return nil, fault
	}
	c.show(ctx, method.This)
	return nil, nil
}

// show puts our own type of an object into the caller's session.
func (c *Center) show(ctx *simulator.Context, ref types.ManagedObjectReference) {
	if ctx.Session == nil {
		return
	}
	// Calls of one session come at once, and one view of an object must do for all of them.
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Session.Registry.Get(ref) != nil {
		return
	}
	var view mo.Reference
	switch object := ctx.Map.Get(ref).(type) {
	case *simulator.VirtualMachine:
		view = &Machine{object, c}
	case *simulator.Datacenter:
		view = &Datacenter{object, c}
	case *simulator.ClusterComputeResource:
		view = &Cluster{object, c}
	case *simulator.HostSystem:
		view = &Host{object, c}
	case *simulator.AuthorizationManager:
		view = &AuthorizationManager{object, c}
	case *simulator.EnvironmentBrowser:
		view = &EnvironmentBrowser{object}
	case *simulator.PropertyCollector:
		view = newCollector(ref, c.changes)
	default:
		return
	}
	c.views[ref] = append(c.views[ref], ctx.Session.Registry)
	ctx.Session.Registry.Put(view)
}

// dropViews makes every session forget an object that is gone.
func (c *Center) dropViews(ref types.ManagedObjectReference) {
	c.mu.Lock()
	registries := c.views[ref]
	delete(c.views, ref)
	c.mu.Unlock()
	for _, registry := range registries {
		registry.Remove(c.context(), ref)
	}
}

// work is what a task does.
type work func() (types.AnyType, types.BaseMethodFault)

// task runs work as a task of an object, unless a fault was asked for.
func (c *Center) task(ctx *simulator.Context, object mo.Reference, kind string, do work) types.ManagedObjectReference {
	ref := object.Reference()
	return simulator.CreateTask(ref, kind, func(*simulator.Task) (result types.AnyType, fault types.BaseMethodFault) {
		defer func() {
			if failure := recover(); failure != nil {
				log.Printf("%s of %s: %v", kind, ref, failure)
				result, fault = nil, systemError(fmt.Errorf("%v", failure))
			}
		}()
		c.faults.wait()
		if fault := c.faults.take(kind); fault != nil {
			return nil, fault
		}
		return do()
	}).Run(ctx)
}

// await runs one of the simulator's own methods to the end of its task.
func await(ctx *simulator.Context, body soap.HasFault, task func() types.ManagedObjectReference) (types.AnyType, types.BaseMethodFault) {
	if fault := body.Fault(); fault != nil {
		if known, ok := fault.VimFault().(types.BaseMethodFault); ok {
			return nil, known
		}
		return nil, systemError(fmt.Errorf("%s", fault.String))
	}
	running, ok := ctx.Map.Get(task()).(*simulator.Task)
	if !ok {
		return nil, nil
	}
	running.Wait()
	if running.Info.Error != nil {
		return nil, running.Info.Error.Fault
	}
	return running.Info.Result, nil
}

// because gives a fault a message that a person can act on.
func because(message string) types.MethodFault {
	return types.MethodFault{FaultCause: &types.LocalizedMethodFault{
		Fault:            &types.SystemErrorFault{Reason: message},
		LocalizedMessage: message,
	}}
}

func systemError(err error) types.BaseMethodFault {
	return &types.SystemError{RuntimeFault: types.RuntimeFault{MethodFault: because(err.Error())}, Reason: err.Error()}
}
