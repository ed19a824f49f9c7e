package vcenter

import (
	"path/filepath"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/guestinfo"
)

// report makes the API say what VMware's tools report from a guest: that they run, its name and its addresses.
func (c *Center) report(ctx *simulator.Context, vm *simulator.VirtualMachine, network guestinfo.Network) {
	address, bits := "", int32(0)
	if network.Address.IsValid() {
		address, bits = network.Address.Addr().String(), int32(network.Address.Bits())
	}
	cards := append([]types.GuestNicInfo(nil), vm.Guest.Net...)
	if len(cards) > 0 && address != "" {
		cards[0].Connected = true
		cards[0].IpAddress = []string{address}
		cards[0].IpConfig = &types.NetIpConfigInfo{IpAddress: []types.NetIpConfigInfoIpAddress{{
			IpAddress: address, PrefixLength: bits, State: string(types.NetIpConfigInfoIpAddressStatusPreferred),
		}}}
	}
	stack := types.GuestStackInfo{
		DnsConfig: &types.NetDnsConfigInfo{HostName: network.Hostname, IpAddress: network.Nameserver},
	}
	if network.Gateway != "" {
		stack.IpRouteConfig = &types.NetIpRouteConfigInfo{IpRoute: []types.NetIpRouteConfigInfoIpRoute{{
			Network: "0.0.0.0", Gateway: types.NetIpRouteConfigInfoGateway{IpAddress: network.Gateway, Device: "0"},
		}}}
	}
	ctx.Update(vm, append(toolsStatus(true),
		types.PropertyChange{Name: "guest.hostName", Val: network.Hostname},
		types.PropertyChange{Name: "summary.guest.hostName", Val: network.Hostname},
		types.PropertyChange{Name: "guest.net", Val: cards},
		types.PropertyChange{Name: "guest.ipStack", Val: []types.GuestStackInfo{stack}},
		types.PropertyChange{Name: "guest.ipAddress", Val: address},
		types.PropertyChange{Name: "summary.guest.ipAddress", Val: address},
	))
}

// reportNothing is what is known of a guest that does not run.
func (c *Center) reportNothing(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	cards := append([]types.GuestNicInfo(nil), vm.Guest.Net...)
	for n := range cards {
		cards[n].IpAddress, cards[n].IpConfig = nil, nil
	}
	ctx.Update(vm, append(toolsStatus(false),
		types.PropertyChange{Name: "guest.net", Val: cards},
		types.PropertyChange{Name: "guest.ipAddress", Val: ""},
		types.PropertyChange{Name: "summary.guest.ipAddress", Val: ""},
	))
}

func toolsStatus(running bool) []types.PropertyChange {
	status, runs := types.VirtualMachineToolsStatusToolsNotRunning, types.VirtualMachineToolsRunningStatusGuestToolsNotRunning
	state := types.VirtualMachineGuestStateNotRunning
	if running {
		status, runs = types.VirtualMachineToolsStatusToolsOk, types.VirtualMachineToolsRunningStatusGuestToolsRunning
		state = types.VirtualMachineGuestStateRunning
	}
	version := string(types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged)
	return []types.PropertyChange{
		{Name: "guest.toolsStatus", Val: status},
		{Name: "summary.guest.toolsStatus", Val: status},
		{Name: "guest.toolsRunningStatus", Val: string(runs)},
		{Name: "summary.guest.toolsRunningStatus", Val: string(runs)},
		{Name: "guest.toolsVersionStatus2", Val: version},
		{Name: "guest.guestState", Val: string(state)},
	}
}

// extraConfig reads one key of a machine's extra configuration.
func extraConfig(vm *simulator.VirtualMachine, key string) string {
	for _, option := range vm.Config.ExtraConfig {
		if value := option.GetOptionValue(); value.Key == key {
			text, _ := value.Value.(string)
			return text
		}
	}
	return ""
}

// extraStore lets a guest read and write its own guestinfo.
type extraStore struct {
	center *Center
	ref    types.ManagedObjectReference
}

func (s *extraStore) Get(key string) (value string, ok bool) {
	vm := s.center.machine(s.ref)
	if vm == nil {
		return "", false
	}
	s.center.context().WithLock(vm, func() { value = extraConfig(vm, key) })
	return value, value != ""
}

func (s *extraStore) Set(key, value string) error {
	vm := s.center.machine(s.ref)
	if vm == nil {
		return nil
	}
	ctx := s.center.context()
	ctx.WithLock(vm, func() {
		var options []types.BaseOptionValue
		for _, option := range vm.Config.ExtraConfig {
			if option.GetOptionValue().Key != key {
				options = append(options, option)
			}
		}
		if value != "" {
			options = append(options, &types.OptionValue{Key: key, Value: value})
		}
		ctx.Update(vm, []types.PropertyChange{{Name: "config.extraConfig", Val: options}})
	})
	return nil
}

func (c *Center) channelFolder(ref types.ManagedObjectReference) string {
	return filepath.Join(c.State, "machines", ref.Value, "guest")
}

// openChannel gives a machine its way to its guestinfo, if it has none yet.
func (c *Center) openChannel(vm *simulator.VirtualMachine) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.channels[vm.Self] != nil {
		return nil
	}
	channel, err := guestinfo.Listen(c.channelFolder(vm.Self), &extraStore{c, vm.Self})
	if err != nil {
		return err
	}
	c.channels[vm.Self] = channel
	return nil
}

func (c *Center) closeChannel(ref types.ManagedObjectReference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if channel := c.channels[ref]; channel != nil {
		_ = channel.Close()
		delete(c.channels, ref)
	}
}
