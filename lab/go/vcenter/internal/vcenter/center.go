// Package vcenter is a vCenter whose virtual machines are containers of this machine and whose storage can fail.
package vcenter

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/vpx"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/device"
	"groundwork/lab/vcenter/internal/docker"
	"groundwork/lab/vcenter/internal/guestinfo"
	"groundwork/lab/vcenter/internal/inventory"
)

// Options is what a center is started with.
type Options struct {
	// Lab names the lab in the containers' names and labels.
	Lab string
	// State is the folder where everything is kept that must outlive the process.
	State string
	// Network is the Docker network the machines are on.
	Network   string
	Inventory *inventory.Inventory
	// User, Password and Token protect the API and the control endpoint.
	User, Password, Token string
}

// Center is one vCenter with its hosts, storage and machines.
type Center struct {
	Options
	// whole is the inventory with the hosts that were taken out.
	whole    *inventory.Inventory
	service  *simulator.Service
	registry *simulator.Registry
	client   *vim25.Client
	docker   *docker.Client
	devices  map[string]*device.Device
	seed     device.Seed
	identity *identity
	faults   *faults
	ledger   *ledger
	keeper   *keeper
	changes  *changes

	dataCenter *simulator.Datacenter
	cluster    *simulator.ClusterComputeResource
	// base are the objects that the inventory makes at every start.
	base map[types.ManagedObjectReference]bool

	mu       sync.Mutex
	views    map[types.ManagedObjectReference][]*simulator.Registry
	channels map[types.ManagedObjectReference]*guestinfo.Channel
	// ending are machines whose container we are ending ourselves.
	ending map[types.ManagedObjectReference]int
	disks  keyedMutex
}

// Start builds the datacenter of the inventory, brings back what the state folder knows, and leaves it running. Serve
// makes it reachable.
func Start(ctx context.Context, options Options) (*Center, error) {
	c := &Center{
		Options:  options,
		whole:    options.Inventory,
		docker:   docker.NewClient(),
		devices:  map[string]*device.Device{},
		seed:     device.NewSeed(options.Inventory.Template.Seed),
		faults:   newFaults(),
		changes:  newChanges(),
		base:     map[types.ManagedObjectReference]bool{},
		views:    map[types.ManagedObjectReference][]*simulator.Registry{},
		channels: map[types.ManagedObjectReference]*guestinfo.Channel{},
		ending:   map[types.ManagedObjectReference]int{},
	}
	// Without this, whoever reads a machine's properties waits for the end of its task.
	simulator.TaskDelay.MethodDelay = map[string]int{"LockHandoff": 0}

	var err error
	if c.identity, err = openIdentity(filepath.Join(options.State, "identity.json")); err != nil {
		return nil, err
	}
	if c.ledger, err = openLedger(filepath.Join(options.State, "ledger.json")); err != nil {
		return nil, err
	}
	c.Inventory = c.whole.Without(c.ledger.removed())
	if err := c.attachDevices(); err != nil {
		return nil, err
	}
	if err := c.build(ctx); err != nil {
		return nil, err
	}
	c.registry.Handler = c.dispatch
	c.keeper = newKeeper(c)
	if err := c.restore(); err != nil {
		return nil, err
	}
	c.registry.AddHandler(c.keeper)
	c.registry.AddHandler(c.changes)
	if err := c.sweep(ctx); err != nil {
		return nil, err
	}
	c.resume(ctx)
	go c.watch(ctx)
	return c, nil
}

// Close writes what is not written yet. The machines run on.
func (c *Center) Close() { c.keeper.flush() }

// newService makes an empty vCenter.
func (c *Center) newService() error {
	content := vpx.ServiceContent
	content.About.Name = "VMware vCenter Server"
	content.About.InstanceUuid = uuid.NewSHA1(uuid.NameSpaceURL, []byte("groundwork:"+c.Lab)).String()
	ctx := simulator.NewContext()
	ctx, instance := simulator.NewServiceInstance(ctx, content, vpx.RootFolder)
	c.service = simulator.New(ctx, instance)
	c.registry = ctx.Map
	client, err := vim25.NewClient(context.Background(), c.service)
	c.client = client
	return err
}

// attachDevices mounts every device and puts the seed of new disks on it, several at a time.
func (c *Center) attachDevices() error {
	folder := filepath.Join(c.State, "devices")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	failures := make(chan error)
	slots := make(chan struct{}, 2)
	for _, entry := range c.Inventory.Devices {
		d := device.New(folder, entry.ID)
		c.devices[entry.ID] = d
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			failures <- c.attach(d)
		}()
	}
	var first error
	for range c.devices {
		if err := <-failures; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (c *Center) attach(d *device.Device) error {
	if err := d.Attach(); err != nil {
		return err
	}
	if d.Failed() {
		if c.ledger.failed(d.ID) {
			return nil
		}
		log.Printf("device %s: had failed without being asked to; mending it", d.ID)
		if err := d.Mend(); err != nil {
			return err
		}
	}
	if err := d.EmptyTrash(); err != nil {
		return err
	}
	if err := c.seed.Plant(d); err != nil {
		return err
	}
	if c.ledger.failed(d.ID) {
		return d.Fail()
	}
	return nil
}

// context is what our own calls into the simulator run on; each call needs its own, for its locks.
func (c *Center) context() *simulator.Context {
	session := &simulator.Session{
		UserSession: types.UserSession{Key: uuid.NewString(), UserName: c.User},
		Registry:    simulator.NewRegistry(),
		Map:         c.registry,
	}
	return &simulator.Context{Context: context.Background(), Session: session, Map: c.registry}
}

// machine finds a virtual machine; nil if it is gone.
func (c *Center) machine(ref types.ManagedObjectReference) *simulator.VirtualMachine {
	vm, _ := c.registry.Get(ref).(*simulator.VirtualMachine)
	return vm
}

// machineNamed finds a virtual machine that is no template.
func (c *Center) machineNamed(name string) (*simulator.VirtualMachine, error) {
	for _, entity := range c.registry.All("VirtualMachine") {
		if vm, ok := entity.(*simulator.VirtualMachine); ok && vm.Name == name && !vm.Config.Template {
			return vm, nil
		}
	}
	return nil, fmt.Errorf("machine %s: is not there; name one that the inventory shows", name)
}

// keyedMutex is one lock a key.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	if k.locks[key] == nil {
		k.locks[key] = &sync.Mutex{}
	}
	lock := k.locks[key]
	k.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}
