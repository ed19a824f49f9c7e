package vcenter

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/inventory"
)

// templateHome is the datastore of the templates: the one that has been there for longest.
func (c *Center) templateHome() string {
	return slices.MinFunc(c.Inventory.Datastores, func(a, b inventory.Datastore) int {
		return int(c.identity.Blocks[c.blockOfDatastore(a)] - c.identity.Blocks[c.blockOfDatastore(b)])
	}).Name
}

// imageFile keeps the name of the container image that a machine was cloned with.
func (c *Center) imageFile(ref types.ManagedObjectReference) string {
	return filepath.Join(c.State, "machines", ref.Value, "image")
}

// imageOf is the container image of a machine, or of the template that it is.
func (c *Center) imageOf(vm *simulator.VirtualMachine) string {
	for _, image := range c.Inventory.Templates() {
		if vm.Config.Template && vm.Name == image.Name {
			return image.Image
		}
	}
	if text, err := os.ReadFile(c.imageFile(vm.Self)); err == nil {
		return string(text)
	}
	return c.Inventory.Template.Image
}

// setImage notes the container image that a machine was cloned with.
func (c *Center) setImage(vm *simulator.VirtualMachine, image string) error {
	file := c.imageFile(vm.Self)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(image), 0o600)
}

// buildTemplate makes a virtual machine that others are cloned from.
func (c *Center) buildTemplate(ctx context.Context, image inventory.Image, home string) error {
	t := c.Inventory.Template
	datastore := c.datastoreNamed(home)
	host := c.registry.Get(datastore.Host[0].Key).(*simulator.HostSystem)
	if err := os.RemoveAll(filepath.Join(c.State, "datastores", datastore.Name, image.Name)); err != nil {
		return err
	}

	var devices object.VirtualDeviceList
	scsi, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return err
	}
	devices = append(devices, scsi)
	disk := devices.CreateDisk(scsi.(types.BaseVirtualController), datastore.Self, "")
	disk.CapacityInKB = int64(t.DiskGiB * (1 << 20))
	disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo).ThinProvisioned = types.NewBool(true)
	network := object.NewNetwork(c.client, c.dataCenter.Network[0])
	backing, err := network.EthernetCardBackingInfo(ctx)
	if err != nil {
		return err
	}
	card, err := devices.CreateEthernetCard("vmxnet3", backing)
	if err != nil {
		return err
	}
	devices = append(devices, disk, card)
	changes, err := devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	if err != nil {
		return err
	}

	spec := types.VirtualMachineConfigSpec{
		Name:         image.Name,
		GuestId:      t.GuestID,
		NumCPUs:      int32(t.CPUs),
		MemoryMB:     int64(t.MemoryGiB * 1024),
		Annotation:   "Groundwork machine image " + image.Image,
		Files:        &types.VirtualMachineFileInfo{VmPathName: "[" + datastore.Name + "]"},
		DeviceChange: changes,
	}
	pool := object.NewResourcePool(c.client, *c.cluster.ResourcePool)
	folder := object.NewFolder(c.client, c.dataCenter.VmFolder)
	task, err := folder.CreateVM(ctx, spec, pool, object.NewHostSystem(c.client, host.Self))
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(ctx)
	if err != nil {
		return err
	}
	vm := c.registry.Get(info.Result.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	setDefaults(vm)
	// Without an address of its own, each clone is given one.
	for _, device := range vm.Config.Hardware.Device {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			card.GetVirtualEthernetCard().MacAddress = ""
		}
	}
	return object.NewVirtualMachine(c.client, vm.Self).MarkAsTemplate(ctx)
}
