package vcenter

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Control is the endpoint through which things are made to fail. Every call needs the token; stop ends the process.
func (c *Center) Control(stop func()) http.Handler {
	mux := http.NewServeMux()
	answer := func(pattern string, do func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			result, err := do(r)
			w.Header().Set("Content-Type", "application/json")
			if err != nil {
				w.WriteHeader(http.StatusConflict)
				result = map[string]string{"error": err.Error()}
			}
			_ = json.NewEncoder(w).Encode(result)
		})
	}
	answer("GET /health", func(*http.Request) (any, error) { return map[string]string{"lab": c.Lab}, nil })
	answer("GET /machines", func(*http.Request) (any, error) { return c.machines(), nil })
	answer("GET /devices", func(*http.Request) (any, error) { return c.deviceStates(), nil })
	answer("POST /devices/{id}/{action}", func(r *http.Request) (any, error) {
		return c.deviceAction(r.PathValue("id"), r.PathValue("action"))
	})
	answer("POST /hosts/{name}/{action}", func(r *http.Request) (any, error) {
		switch r.PathValue("action") {
		case "down":
			return machinesResult(c.hostDown(r.PathValue("name")))
		case "up":
			return machinesResult(c.hostUp(r.PathValue("name")))
		case "replace":
			return nil, c.replaceHost(r.Context(), r.PathValue("name"))
		}
		return nil, fmt.Errorf("hosts: action %s is not known; use down, up or replace", r.PathValue("action"))
	})
	answer("POST /hosts/{name}/networks/{network}/{action}", func(r *http.Request) (any, error) {
		return nil, c.networkAction(r.PathValue("name"), r.PathValue("network"), r.PathValue("action"))
	})
	answer("POST /privileges/{id}/{action}", func(r *http.Request) (any, error) {
		action := r.PathValue("action")
		if action != "deny" && action != "grant" {
			return nil, fmt.Errorf("privileges: action %s is not known; use deny or grant", action)
		}
		c.faults.deny(r.PathValue("id"), action == "deny")
		return nil, nil
	})
	answer("POST /machines/{name}/{action}", func(r *http.Request) (any, error) {
		return c.machineAction(r.Context(), r.PathValue("name"), r.PathValue("action"))
	})
	answer("POST /datastores/{name}/{action}", func(r *http.Request) (any, error) {
		name, action := r.PathValue("name"), r.PathValue("action")
		if c.Inventory.Datastore(name) == nil {
			return nil, fmt.Errorf("datastore %s: is not of the inventory; name one of its datastores", name)
		}
		switch action {
		case "fail", "mend":
			c.faults.refuse(name, action == "fail")
		case "thin", "thick":
			c.faults.giveThin(name, action == "thin")
		default:
			return nil, fmt.Errorf("datastores: action %s is not known; use fail, mend, thin or thick", action)
		}
		return nil, nil
	})
	answer("POST /sessions/expire", func(*http.Request) (any, error) {
		count, err := c.expireSessions()
		return map[string]int{"sessions": count}, err
	})
	answer("POST /tasks/slow", func(r *http.Request) (any, error) {
		var body struct{ Milliseconds int }
		err := json.NewDecoder(r.Body).Decode(&body)
		c.faults.slow(time.Duration(body.Milliseconds) * time.Millisecond)
		return nil, err
	})
	answer("POST /tasks/fail", func(r *http.Request) (any, error) {
		body := struct {
			Kind, Message string
			Count         int
		}{Count: 1}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			return nil, err
		}
		if !slices.Contains(taskKinds, body.Kind) {
			return nil, fmt.Errorf("tasks: kind %q is not known; use one of %s", body.Kind, strings.Join(taskKinds, ", "))
		}
		c.faults.plan(body.Kind, body.Count, body.Message)
		return nil, nil
	})
	answer("POST /stop", func(*http.Request) (any, error) {
		time.AfterFunc(50*time.Millisecond, stop)
		return nil, nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(c.Token)) != 1 {
			http.Error(w, `{"error":"authorization: the token is missing or wrong; send it as a bearer token"}`, http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// taskKinds are the tasks that can be made to fail.
var taskKinds = []string{
	"cloneVm", "powerOn", "powerOff", "reset", "reconfigVm", "relocateVm", "destroy", "powerOnMultiVM", "reconfigureCluster",
	"removeHost",
}

// networkAction takes a network from a host, or gives it back.
func (c *Center) networkAction(name, network, action string) error {
	host := c.hostNamed(name)
	found := c.registry.FindByName(network, c.cluster.Network)
	if host == nil || found == nil {
		return fmt.Errorf("host %s, network %s: is not of the inventory; name one of its hosts and networks", name, network)
	}
	ctx := c.context()
	switch action {
	case "remove":
		c.registry.RemoveReference(ctx, host, &host.Network, found.Reference())
	case "add":
		c.registry.RemoveReference(ctx, host, &host.Network, found.Reference())
		c.registry.AddReference(ctx, host, &host.Network, found.Reference())
	default:
		return fmt.Errorf("networks: action %s is not known; use remove or add", action)
	}
	return nil
}

func machinesResult(names []string, err error) (any, error) {
	return map[string][]string{"machines": append([]string{}, names...)}, err
}

func (c *Center) deviceAction(id, action string) (any, error) {
	d, err := c.deviceNamed(id)
	if err != nil {
		return nil, err
	}
	switch action {
	case "fail":
		var names []string
		for _, vm := range c.machinesOn(id) {
			names = append(names, vm.Name)
		}
		return machinesResult(names, c.failDevice(id))
	case "mend":
		return machinesResult(c.mendDevice(id))
	case "replace":
		return nil, c.replaceDevice(context.Background(), id)
	case "fill":
		return nil, d.Fill()
	case "drain":
		return nil, d.Drain()
	}
	return nil, fmt.Errorf("devices: action %s is not known; use fail, mend, replace, fill or drain", action)
}

func (c *Center) machineAction(ctx context.Context, name, action string) (any, error) {
	vm, err := c.machineNamed(name)
	if err != nil {
		return nil, err
	}
	container, err := c.containerOf(ctx, vm)
	if err != nil {
		return nil, err
	}
	if container == nil && action != "start" {
		return nil, fmt.Errorf("machine %s: has never run; power it on first", name)
	}
	switch action {
	case "pause":
		return nil, c.docker.Pause(ctx, container.ID)
	case "resume":
		return nil, c.docker.Unpause(ctx, container.ID)
	case "kill":
		return nil, c.powerOff(vm)
	case "start":
		return nil, c.powerOn(vm)
	case "stop":
		if err := c.endGuest(ctx, vm, shutdownGrace); err != nil {
			return nil, err
		}
		c.wentOff(vm)
		return nil, nil
	case "fill", "drain":
		return c.fillDisks(vm, action)
	}
	return nil, fmt.Errorf("machines: action %s is not known; use pause, resume, kill, start, stop, fill or drain", action)
}

// fillDisks fills the devices below a machine's disks; other machines on them have no space left either.
func (c *Center) fillDisks(vm *simulator.VirtualMachine, action string) (any, error) {
	for _, disk := range virtualDisks(vm) {
		entry := c.Inventory.Datastore(disk.datastore)
		if entry == nil {
			continue
		}
		if _, err := c.deviceAction(entry.Device, action); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// MachineState is what the control endpoint says of a machine.
type MachineState struct {
	Name      string      `json:"name"`
	ID        string      `json:"id"`
	UUID      string      `json:"uuid"`
	Host      string      `json:"host"`
	On        bool        `json:"on"`
	Address   string      `json:"address"`
	Container string      `json:"container"`
	Disks     []DiskState `json:"disks"`
}

// DiskState is what the control endpoint says of a machine's disk.
type DiskState struct {
	Label     string `json:"label"`
	Datastore string `json:"datastore"`
	Device    string `json:"device"`
	Folder    string `json:"folder"`
}

func (c *Center) machines() []MachineState {
	states := []MachineState{}
	for _, entity := range c.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok || vm.Config == nil || vm.Config.Template {
			continue
		}
		state := MachineState{
			Name: vm.Name, ID: vm.Self.Value, UUID: vm.Config.Uuid, Address: vm.Guest.IpAddress,
			On:        vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn && !c.isDown(vm),
			Container: fmt.Sprintf("groundwork-%s-%s", c.Lab, vm.Name),
		}
		if host, ok := c.registry.Get(*vm.Runtime.Host).(*simulator.HostSystem); ok {
			state.Host = host.Name
		}
		for _, disk := range virtualDisks(vm) {
			shown := DiskState{Label: disk.label, Datastore: disk.datastore}
			if entry := c.Inventory.Datastore(disk.datastore); entry != nil {
				shown.Device, shown.Folder = entry.Device, c.folder(disk).Folder
			}
			state.Disks = append(state.Disks, shown)
		}
		states = append(states, state)
	}
	slices.SortFunc(states, func(a, b MachineState) int { return strings.Compare(a.Name, b.Name) })
	return states
}

// DeviceState is what the control endpoint says of a device.
type DeviceState struct {
	ID         string   `json:"id"`
	Failed     bool     `json:"failed"`
	Hosts      []string `json:"hosts"`
	Datastores []string `json:"datastores"`
	Machines   []string `json:"machines"`
	Mount      string   `json:"mount"`
}

func (c *Center) deviceStates() []DeviceState {
	states := []DeviceState{}
	for _, entry := range c.Inventory.Devices {
		state := DeviceState{
			ID: entry.ID, Failed: c.ledger.failed(entry.ID), Hosts: entry.Hosts, Datastores: []string{}, Machines: []string{},
			Mount: c.devices[entry.ID].Mount,
		}
		for _, datastore := range c.sameDevice(entry.ID) {
			state.Datastores = append(state.Datastores, datastore.Name)
		}
		for _, vm := range c.machinesOn(entry.ID) {
			state.Machines = append(state.Machines, vm.Name)
		}
		slices.Sort(state.Machines)
		states = append(states, state)
	}
	return states
}
