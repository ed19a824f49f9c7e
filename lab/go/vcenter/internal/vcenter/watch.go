package vcenter

import (
	"context"
	"log"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/docker"
)

// rebooted is how a container ends whose first process has asked the kernel to reboot.
const rebooted = "129"

// resume makes the guests what the API says of them: those that should run do, after a reboot of this machine too.
func (c *Center) resume(ctx context.Context) {
	var wait sync.WaitGroup
	for _, entity := range c.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok || vm.Config.Template {
			continue
		}
		wait.Go(func() { c.resumeMachine(ctx, vm) })
	}
	wait.Wait()
}

func (c *Center) resumeMachine(ctx context.Context, vm *simulator.VirtualMachine) {
	if err := c.openChannel(vm); err != nil {
		log.Printf("machine %s: %v", vm.Name, err)
	}
	container, err := c.containerOf(ctx, vm)
	if err != nil {
		log.Printf("machine %s: %v", vm.Name, err)
		return
	}
	running := container != nil && container.Running
	switch on := vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn; {
	case on && c.isDown(vm):
		// Its host has no power.
	case on && !running:
		if _, err := c.startGuest(ctx, vm); err != nil {
			log.Printf("machine %s: could not be started again: %v", vm.Name, err)
			c.wentOff(vm)
		}
	case !on && running && !container.Paused:
		if err := c.endGuest(ctx, vm, 0); err != nil {
			log.Printf("machine %s: could not be stopped: %v", vm.Name, err)
		}
	}
}

// watch follows what guests do by themselves: one that shuts down is off, one that reboots is started again.
func (c *Center) watch(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.docker.Deaths(ctx, labelLab+"="+c.Lab, func(death docker.Death) { go c.died(ctx, death) })
		if ctx.Err() != nil {
			return
		}
		log.Printf("Docker's events have ended: %v", err)
		time.Sleep(time.Second)
	}
}

func (c *Center) died(ctx context.Context, death docker.Death) {
	ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: death.Labels[labelRef]}
	vm := c.machine(ref)
	c.mu.Lock()
	ours := c.ending[ref] > 0
	c.mu.Unlock()
	if vm == nil || ours || c.isDown(vm) {
		return
	}
	if death.ExitCode == rebooted {
		if _, err := c.startGuest(ctx, vm); err == nil {
			return
		}
	}
	c.wentOff(vm)
}
