package vcenter

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/inventory"
)

func (c *Center) buildHost(ctx context.Context, entry inventory.Host) error {
	cluster := object.NewClusterComputeResource(c.client, c.cluster.Self)
	task, err := cluster.AddHost(ctx, types.HostConnectSpec{HostName: entry.Name}, true, nil, nil)
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(ctx)
	if err != nil {
		return err
	}
	host := c.registry.Get(info.Result.(types.ManagedObjectReference)).(*simulator.HostSystem)
	setHardware(host, entry)
	c.setStorage(host, entry)
	if c.ledger.down(entry.Name) {
		host.Runtime.ConnectionState = types.HostSystemConnectionStateNotResponding
	}
	return nil
}

func setHardware(host *simulator.HostSystem, entry inventory.Host) {
	memory := int64(entry.MemoryGiB * (1 << 30))
	summary := host.Summary.Hardware
	summary.NumCpuPkgs = 1
	summary.NumCpuCores = int16(entry.CPUs)
	summary.NumCpuThreads = int16(entry.CPUs)
	summary.CpuMhz = int32(entry.CPUMHz)
	summary.MemorySize = memory
	host.Hardware.MemorySize = memory
	host.Hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: 1,
		NumCpuCores:    int16(entry.CPUs),
		NumCpuThreads:  int16(entry.CPUs),
		Hz:             int64(entry.CPUMHz) * 1_000_000,
	}
}

// setStorage gives a host the disks of its devices, each as a local disk with its canonical name.
func (c *Center) setStorage(host *simulator.HostSystem, entry inventory.Host) {
	const adapter = "key-vim.host.BlockHba-vmhba0"
	bus := []types.BaseHostHostBusAdapter{&types.HostBlockHba{HostHostBusAdapter: types.HostHostBusAdapter{
		Key: adapter, Device: "vmhba0", Status: "online", Model: "Lewisburg SATA AHCI Controller", Driver: "vmw_ahci",
		Pci: "0000:00:17.0",
	}}}
	info := &types.HostStorageDeviceInfo{
		HostBusAdapter: bus,
		ScsiTopology:   &types.HostScsiTopology{},
		MultipathInfo:  &types.HostMultipathInfo{},
	}
	topology := types.HostScsiTopologyInterface{Key: "key-vim.host.ScsiTopology.Interface-vmhba0", Adapter: adapter}
	for n, device := range c.devicesOf(entry.Name) {
		disk := scsiDisk(device)
		info.ScsiLun = append(info.ScsiLun, disk)
		topology.Target = append(topology.Target, types.HostScsiTopologyTarget{
			Key:    fmt.Sprintf("key-vim.host.ScsiTopology.Target-vmhba0:0:%d", n),
			Target: int32(n),
			Lun:    []types.HostScsiTopologyLun{{Key: "key-vim.host.ScsiTopology.Lun-" + device.ID, ScsiLun: disk.Key}},
		})
		info.MultipathInfo.Lun = append(info.MultipathInfo.Lun, types.HostMultipathInfoLogicalUnit{
			Key: "key-vim.host.MultipathInfo.LogicalUnit-" + device.ID,
			Id:  disk.Uuid,
			Lun: disk.Key,
			Path: []types.HostMultipathInfoPath{{
				Key: fmt.Sprintf("key-vim.host.MultipathInfo.Path-vmhba0:C0:T%d:L0", n), PathState: "active", State: "active",
				Name: fmt.Sprintf("vmhba0:C0:T%d:L0", n), Adapter: adapter, Lun: disk.Key,
			}},
			Policy: &types.HostMultipathInfoLogicalUnitPolicy{Policy: "VMW_PSP_FIXED"},
		})
	}
	info.ScsiTopology.Adapter = []types.HostScsiTopologyInterface{topology}

	system := c.registry.Get(*host.ConfigManager.StorageSystem).(*simulator.HostStorageSystem)
	system.StorageDeviceInfo = info
	system.HBA = bus
	system.FileSystemVolumeInfo = types.HostFileSystemVolumeInfo{VolumeTypeList: []string{"VMFS", "NFS", "other"}}
	host.Config.StorageDevice = info
	host.Config.FileSystemVolume = &system.FileSystemVolumeInfo
}

func scsiDisk(device *inventory.Device) *types.HostScsiDisk {
	blocks := int64(device.CapacityGiB * (1 << 30) / 512)
	return &types.HostScsiDisk{
		ScsiLun: types.ScsiLun{
			HostDevice:       types.HostDevice{DeviceName: "/vmfs/devices/disks/" + device.ID, DeviceType: "disk"},
			Key:              "key-vim.host.ScsiDisk-" + device.ID,
			Uuid:             "0100000000" + hexOf(device.ID),
			CanonicalName:    device.ID,
			DisplayName:      "Local disk (" + device.ID + ")",
			LunType:          "disk",
			Vendor:           "ATA",
			Model:            "Groundwork " + device.Media,
			OperationalState: []string{string(types.ScsiLunStateOk)},
		},
		Capacity:   types.HostDiskDimensionsLba{BlockSize: 512, Block: blocks},
		DevicePath: "/vmfs/devices/disks/" + device.ID,
		Ssd:        types.NewBool(device.Media != "hdd"),
		LocalDisk:  types.NewBool(len(device.Hosts) == 1),
	}
}

// devicesOf lists the devices that a host sees, in the inventory's order.
func (c *Center) devicesOf(host string) []*inventory.Device {
	var found []*inventory.Device
	for n := range c.Inventory.Devices {
		for _, name := range c.Inventory.Devices[n].Hosts {
			if name == host {
				found = append(found, &c.Inventory.Devices[n])
			}
		}
	}
	return found
}

func hexOf(text string) string { return fmt.Sprintf("%x", text) }

// hostNamed finds a host; nil if there is none.
func (c *Center) hostNamed(name string) *simulator.HostSystem {
	host, _ := c.registry.FindByName(name, c.cluster.Host).(*simulator.HostSystem)
	return host
}
