package vcenter

import (
	"errors"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/device"
)

// virtualDisk is a disk of a machine as the API knows it.
type virtualDisk struct {
	key       int32
	label     string
	datastore string
	// path is the .vmdk file's, on the datastore.
	path  string
	bytes int64
}

// virtualDisks lists a machine's disks in the order in which the guest sees them.
func virtualDisks(vm *simulator.VirtualMachine) []virtualDisk {
	if vm.Config == nil {
		return nil
	}
	devices := object.VirtualDeviceList(vm.Config.Hardware.Device)
	list := devices.SelectByType((*types.VirtualDisk)(nil))
	slices.SortStableFunc(list, func(a, b types.BaseVirtualDevice) int {
		x, y := a.GetVirtualDevice(), b.GetVirtualDevice()
		if x.ControllerKey != y.ControllerKey {
			return int(x.ControllerKey - y.ControllerKey)
		}
		return int(unit(x) - unit(y))
	})
	var disks []virtualDisk
	for _, entry := range list {
		disk := entry.(*types.VirtualDisk)
		backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
		if !ok {
			continue
		}
		var path object.DatastorePath
		path.FromString(backing.GetVirtualDeviceFileBackingInfo().FileName)
		found := virtualDisk{key: disk.Key, datastore: path.Datastore, path: path.Path, bytes: disk.CapacityInBytes}
		if disk.DeviceInfo != nil {
			found.label = disk.DeviceInfo.GetDescription().Label
		}
		disks = append(disks, found)
	}
	return disks
}

func unit(device *types.VirtualDevice) int32 {
	if device.UnitNumber == nil {
		return 0
	}
	return *device.UnitNumber
}

// folder is where a disk's content lies; nil if its datastore is not of the inventory.
func (c *Center) folder(disk virtualDisk) *device.Disk {
	datastore := c.Inventory.Datastore(disk.datastore)
	if datastore == nil {
		return nil
	}
	found := c.devices[datastore.Device].Disk(disk.datastore, disk.path)
	return &found
}

// createDisks gives every disk its folder: the first one the seed's content, the others none. Disks that have one keep it.
func (c *Center) createDisks(disks []virtualDisk) error {
	for n, disk := range disks {
		folder := c.folder(disk)
		if folder == nil {
			continue
		}
		unlock := c.disks.lock(folder.Folder)
		var seed *device.Seed
		if n == 0 {
			seed = &c.seed
		}
		err := folder.Create(seed)
		unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// giveFormats makes disks on storage that knows only one format be of it, whatever was asked for.
func (c *Center) giveFormats(vm *simulator.VirtualMachine) {
	for _, device := range object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil)) {
		backing, ok := device.GetVirtualDevice().Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		var path object.DatastorePath
		if ok && path.FromString(backing.FileName) && c.faults.isThin(path.Datastore) {
			backing.ThinProvisioned, backing.EagerlyScrub = types.NewBool(true), types.NewBool(false)
		}
	}
}

// deleteDisks takes disks away. What lies on a failed device is gone with it.
func (c *Center) deleteDisks(disks []virtualDisk) error {
	var failures []error
	for _, disk := range disks {
		datastore := c.Inventory.Datastore(disk.datastore)
		if datastore == nil || c.ledger.failed(datastore.Device) {
			continue
		}
		folder := c.folder(disk)
		unlock := c.disks.lock(folder.Folder)
		failures = append(failures, folder.Delete())
		unlock()
	}
	return errors.Join(failures...)
}
