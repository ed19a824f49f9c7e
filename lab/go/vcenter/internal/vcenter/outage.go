package vcenter

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/task"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/device"
)

func (c *Center) deviceNamed(id string) (*device.Device, error) {
	if d := c.devices[id]; d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("device %s: is not of the inventory; name one of its devices", id)
}

// failDevice makes a device answer with I/O errors. Machines run on, without what lies on it.
func (c *Center) failDevice(id string) error {
	d, err := c.deviceNamed(id)
	if err != nil || c.ledger.failed(id) {
		return err
	}
	if err := d.Fail(); err != nil {
		return err
	}
	if err := c.ledger.setFailed(id, true); err != nil {
		return err
	}
	c.showDevice(id)
	c.showConnections(id)
	return nil
}

// mendDevice makes a failed device work again. The machines that use it are power-cycled: what they have mounted stays
// dead. It returns their names.
func (c *Center) mendDevice(id string) ([]string, error) {
	d, err := c.deviceNamed(id)
	if err != nil || !c.ledger.failed(id) {
		return nil, err
	}
	var cycled []string
	var running []*simulator.VirtualMachine
	for _, vm := range c.machinesOn(id) {
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn && !c.isDown(vm) {
			running = append(running, vm)
			cycled = append(cycled, vm.Name)
		}
		// One that is off may still be ending.
		if err := c.endGuest(context.Background(), vm, 0); err != nil {
			return nil, err
		}
	}
	if err := d.Mend(); err != nil {
		return nil, err
	}
	if err := errors.Join(c.seed.Plant(d), c.ledger.setFailed(id, false)); err != nil {
		return nil, err
	}
	c.showDevice(id)
	c.showConnections(id)
	failures := make(chan error, len(running))
	for _, vm := range running {
		go func() {
			_, err := c.startGuest(context.Background(), vm)
			if err != nil {
				c.wentOff(vm)
			}
			failures <- err
		}()
	}
	for range running {
		err = errors.Join(err, <-failures)
	}
	return cycled, err
}

// machinesOn are the machines with a disk on a device.
func (c *Center) machinesOn(id string) []*simulator.VirtualMachine {
	var found []*simulator.VirtualMachine
	for _, entity := range c.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok || vm.Config.Template {
			continue
		}
		for _, disk := range virtualDisks(vm) {
			if entry := c.Inventory.Datastore(disk.datastore); entry != nil && entry.Device == id {
				found = append(found, vm)
				break
			}
		}
	}
	return found
}

// hostDown takes the power from a host: its machines end at once, and the API loses it. What it last knew of them stays.
func (c *Center) hostDown(name string) ([]string, error) {
	host := c.hostNamed(name)
	if host == nil {
		return nil, fmt.Errorf("host %s: is not of the inventory; name one of its hosts", name)
	}
	if c.ledger.down(name) {
		return nil, nil
	}
	var ran []string
	var machines []*simulator.VirtualMachine
	for _, ref := range host.Vm {
		vm := c.machine(ref)
		if vm != nil && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			ran, machines = append(ran, vm.Self.Value), append(machines, vm)
		}
	}
	if err := c.ledger.setDown(name, ran); err != nil {
		return nil, err
	}
	failures := make(chan error, len(machines))
	var names []string
	for _, vm := range machines {
		names = append(names, vm.Name)
		go func() {
			failures <- c.endGuest(context.Background(), vm, 0)
		}()
	}
	var err error
	for range machines {
		err = errors.Join(err, <-failures)
	}
	c.showHost(host, types.HostSystemConnectionStateNotResponding)
	return names, err
}

// hostUp brings a host back and starts what ran on it.
func (c *Center) hostUp(name string) ([]string, error) {
	host := c.hostNamed(name)
	if host == nil {
		return nil, fmt.Errorf("host %s: is not of the inventory; name one of its hosts", name)
	}
	if !c.ledger.down(name) {
		return nil, nil
	}
	ran, err := c.ledger.setUp(name)
	if err != nil {
		return nil, err
	}
	c.showHost(host, types.HostSystemConnectionStateConnected)
	failures := make(chan error, len(ran))
	started := 0
	var names []string
	for _, value := range ran {
		vm := c.machine(types.ManagedObjectReference{Type: "VirtualMachine", Value: value})
		if vm == nil {
			continue
		}
		names = append(names, vm.Name)
		started++
		go func() { failures <- c.startAgain(vm) }()
	}
	for range started {
		err = errors.Join(err, <-failures)
	}
	return names, err
}

// showHost makes the API say whether a host and its machines can be reached.
func (c *Center) showHost(host *simulator.HostSystem, state types.HostSystemConnectionState) {
	ctx := c.context()
	power := types.HostSystemPowerStatePoweredOn
	if state != types.HostSystemConnectionStateConnected {
		power = types.HostSystemPowerStateUnknown
	}
	ctx.WithLock(host, func() {
		ctx.Update(host, []types.PropertyChange{
			{Name: "runtime.connectionState", Val: state},
			{Name: "runtime.powerState", Val: power},
		})
	})
	for _, ref := range host.Vm {
		if vm := c.machine(ref); vm != nil {
			c.showConnection(vm)
		}
	}
}

// showConnections does so for the machines with files on a device, templates among them.
func (c *Center) showConnections(id string) {
	for _, vm := range c.allMachines() {
		if entry := c.Inventory.Datastore(home(vm)); entry != nil && entry.Device == id {
			c.showConnection(vm)
		}
	}
}

// startAgain starts the guest of a machine that the API never showed as switched off.
func (c *Center) startAgain(vm *simulator.VirtualMachine) error {
	address, err := c.startGuest(context.Background(), vm)
	if err != nil {
		c.wentOff(vm)
		return err
	}
	ctx := c.context()
	ctx.WithLock(vm, func() { c.report(ctx, vm, address) })
	return nil
}

// powerOn is what the API's own power on does, to its end.
func (c *Center) powerOn(vm *simulator.VirtualMachine) error {
	running, err := object.NewVirtualMachine(c.client, vm.Self).PowerOn(context.Background())
	if err != nil {
		return err
	}
	return explain(running.Wait(context.Background()))
}

func (c *Center) powerOff(vm *simulator.VirtualMachine) error {
	running, err := object.NewVirtualMachine(c.client, vm.Self).PowerOff(context.Background())
	if err != nil {
		return err
	}
	return explain(running.Wait(context.Background()))
}

// explain replaces a task's error with the message of its cause.
func explain(err error) error {
	var failed task.Error
	if errors.As(err, &failed) {
		if cause := failed.Fault().GetMethodFault().FaultCause; cause != nil {
			return errors.New(cause.LocalizedMessage)
		}
	}
	return err
}

// expireSessions ends every client's session, as vCenter does to one that was idle for too long.
func (c *Center) expireSessions() (int, error) {
	ctx := context.Background()
	var manager mo.SessionManager
	view := c.registry.SessionManager()
	ours := &simulator.Session{UserSession: types.UserSession{Key: "control"}, Registry: simulator.NewRegistry(), Map: c.registry}
	if listed, ok := ours.Get(view.Self).(*simulator.SessionManager); ok {
		manager = listed.SessionManager
	}
	var keys []string
	for _, known := range manager.SessionList {
		keys = append(keys, known.Key)
	}
	if len(keys) == 0 {
		return 0, nil
	}
	return len(keys), session.NewManager(c.client).TerminateSession(ctx, keys)
}
