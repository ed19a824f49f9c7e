package vcenter

import (
	"context"
	"fmt"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// build makes the objects of the inventory.
func (c *Center) build(ctx context.Context) error {
	if err := c.newService(); err != nil {
		return err
	}
	steps := map[string]func(context.Context) error{}
	var names []string
	step := func(name string, make func(context.Context) error, from ...string) {
		c.identity.reserve(name, from...)
		names, steps[name] = append(names, name), make
	}
	step("datacenter/"+c.Inventory.Datacenter, c.buildDatacenter)
	step("cluster/"+c.Inventory.Cluster, c.buildCluster)
	for _, host := range c.Inventory.Hosts {
		step(c.blockOf("host", host.Name), func(ctx context.Context) error { return c.buildHost(ctx, host) })
	}
	for n, network := range c.Inventory.Networks {
		step("network/"+network, func(ctx context.Context) error { return c.buildNetwork(ctx, network, n == 0) })
	}
	for _, datastore := range c.Inventory.Datastores {
		var hosts []string
		for _, host := range c.Inventory.Device(datastore.Device).Hosts {
			hosts = append(hosts, c.blockOf("host", host))
		}
		step(c.blockOfDatastore(datastore), func(ctx context.Context) error { return c.buildDatastore(ctx, datastore) }, hosts...)
	}
	for _, folder := range c.Inventory.Folders {
		step("folder/"+folder, func(ctx context.Context) error { return c.buildFolder(ctx, folder) })
	}
	home := c.templateHome()
	for _, image := range c.Inventory.Templates() {
		step("template/"+image.Name, func(ctx context.Context) error { return c.buildTemplate(ctx, image, home) }, c.blockOfDatastore(*c.Inventory.Datastore(home)))
	}

	if err := c.identity.save(); err != nil {
		return err
	}
	ordered := c.identity.ordered(names)
	for _, name := range ordered {
		if err := c.identity.enter(c.registry, name); err != nil {
			return err
		}
		if err := steps[name](ctx); err != nil {
			return fmt.Errorf("%s: %w", strings.Replace(name, "/", " ", 1), err)
		}
	}
	c.sumUpCluster()
	c.useHardwareVersion13()
	c.nameClusterByBaseType()
	for _, object := range c.registry.AllReference("") {
		c.base[object.Reference()] = true
	}
	return c.identity.enterRuntime(c.registry)
}

func (c *Center) buildDatacenter(ctx context.Context) error {
	made, err := object.NewRootFolder(c.client).CreateDatacenter(ctx, c.Inventory.Datacenter)
	if err != nil {
		return err
	}
	c.dataCenter = c.registry.Get(made.Reference()).(*simulator.Datacenter)
	return nil
}

func (c *Center) buildCluster(ctx context.Context) error {
	spec := types.ClusterConfigSpecEx{
		DrsConfig: &types.ClusterDrsConfigInfo{
			Enabled:           types.NewBool(true),
			DefaultVmBehavior: types.DrsBehaviorFullyAutomated,
		},
	}
	made, err := object.NewFolder(c.client, c.dataCenter.HostFolder).CreateCluster(ctx, c.Inventory.Cluster, spec)
	if err != nil {
		return err
	}
	c.cluster = c.registry.Get(made.Reference()).(*simulator.ClusterComputeResource)
	config := c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	config.DrsConfig = *spec.DrsConfig
	return nil
}

// buildNetwork makes a standard port group on every host; the first is the one that every datacenter starts with.
func (c *Center) buildNetwork(ctx context.Context, name string, first bool) error {
	if first {
		network := c.registry.Get(c.dataCenter.Network[0]).(*mo.Network)
		network.Name = name
		network.Entity().Name = name
		network.Summary.GetNetworkSummary().Name = name
		return nil
	}
	host := object.NewHostSystem(c.client, c.cluster.Host[0])
	system, err := host.ConfigManager().NetworkSystem(ctx)
	if err != nil {
		return err
	}
	group := types.HostPortGroupSpec{Name: name, VswitchName: "vSwitch0"}
	if err := system.AddPortGroup(ctx, group); err != nil {
		return err
	}
	made := c.registry.FindByName(name, c.dataCenter.Network).Reference()
	c.cluster.Network = append(c.cluster.Network, made)
	for _, ref := range c.cluster.Host {
		host := c.registry.Get(ref).(*simulator.HostSystem)
		host.Network = append(host.Network, made)
	}
	return nil
}

func (c *Center) buildFolder(ctx context.Context, name string) error {
	_, err := object.NewFolder(c.client, c.dataCenter.VmFolder).CreateFolder(ctx, name)
	return err
}

// sumUpCluster adds up what the hosts really have.
func (c *Center) sumUpCluster() {
	summary := c.cluster.Summary.GetComputeResourceSummary()
	summary.TotalCpu, summary.TotalMemory, summary.NumCpuCores, summary.NumCpuThreads = 0, 0, 0, 0
	summary.NumHosts, summary.NumEffectiveHosts = int32(len(c.cluster.Host)), int32(len(c.cluster.Host))
	for _, ref := range c.cluster.Host {
		hardware := c.registry.Get(ref).(*simulator.HostSystem).Summary.Hardware
		summary.TotalCpu += hardware.CpuMhz * int32(hardware.NumCpuCores)
		summary.TotalMemory += hardware.MemorySize
		summary.NumCpuCores += hardware.NumCpuCores
		summary.NumCpuThreads += hardware.NumCpuThreads
	}
	summary.EffectiveCpu = summary.TotalCpu
	summary.EffectiveMemory = summary.TotalMemory >> 20 // in MB, unlike the total
}
