package vcenter

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/inventory"
)

// buildDatastore makes a VMFS volume with its extent on a device, on each host that sees the device. The API's own files
// (.vmx, .vmdk descriptors) lie in the state folder; what a disk holds lies on the device.
func (c *Center) buildDatastore(ctx context.Context, entry inventory.Datastore) error {
	device := c.Inventory.Device(entry.Device)
	folder := filepath.Join(c.State, "datastores", entry.Name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var ref types.ManagedObjectReference
	for _, name := range device.Hosts {
		if mounted := c.registry.FindByName(entry.Name, c.hostNamed(name).Datastore); mounted != nil {
			ref = mounted.Reference()
			continue
		}
		system, err := object.NewHostSystem(c.client, c.hostNamed(name).Self).ConfigManager().DatastoreSystem(ctx)
		if err != nil {
			return err
		}
		made, err := system.CreateLocalDatastore(ctx, entry.Name, folder)
		if err != nil {
			return err
		}
		if ref.Value == "" {
			ref = made.Reference()
		}
	}
	datastore := c.registry.Get(ref).(*simulator.Datastore)
	volume := c.volume(entry, device)
	datastore.Info = &types.VmfsDatastoreInfo{DatastoreInfo: *datastore.Info.GetDatastoreInfo(), Vmfs: volume}
	datastore.Summary.Type = string(types.HostFileSystemVolumeFileSystemTypeVMFS)
	datastore.Summary.MultipleHostAccess = types.NewBool(len(device.Hosts) > 1)
	c.setCapacity(datastore)
	for _, name := range device.Hosts {
		system := c.hostNamed(name).Config.FileSystemVolume
		system.MountInfo = append(withoutMount(system.MountInfo, entry.Name), types.HostFileSystemMountInfo{
			Volume: volume,
			MountInfo: types.HostMountInfo{
				Path: "/vmfs/volumes/" + volume.Uuid, AccessMode: "readWrite",
				Mounted: types.NewBool(true), Accessible: types.NewBool(true),
			},
		})
	}
	c.showDevice(entry.Device)
	return nil
}

// withoutMount are the mounts of a host but that of a datastore.
func withoutMount(mounts []types.HostFileSystemMountInfo, datastore string) []types.HostFileSystemMountInfo {
	return slices.DeleteFunc(mounts, func(mount types.HostFileSystemMountInfo) bool {
		return mount.Volume.GetHostFileSystemVolume().Name == datastore
	})
}

func (c *Center) volume(entry inventory.Datastore, device *inventory.Device) *types.HostVmfsVolume {
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("groundwork:"+c.Lab+":"+entry.Name))
	return &types.HostVmfsVolume{
		HostFileSystemVolume: types.HostFileSystemVolume{
			Type: "VMFS", Name: entry.Name, Capacity: c.capacityOf(entry),
		},
		BlockSizeMb:  1,
		BlockSize:    1024,
		MaxBlocks:    63 * 1024 * 1024,
		MajorVersion: 6,
		Version:      "6.82",
		Uuid:         fmt.Sprintf("%x-%x-%x-%x", id[0:4], id[4:8], id[8:10], id[10:16]),
		Extent:       []types.HostScsiDiskPartition{{DiskName: device.ID, Partition: c.partitionOf(entry)}},
		Ssd:          types.NewBool(device.Media != "hdd"),
		Local:        types.NewBool(len(device.Hosts) == 1),
	}
}

// sameDevice lists the datastores of a device, in the inventory's order.
func (c *Center) sameDevice(id string) []inventory.Datastore {
	var found []inventory.Datastore
	for _, datastore := range c.Inventory.Datastores {
		if datastore.Device == id {
			found = append(found, datastore)
		}
	}
	return found
}

// capacityOf shares a device evenly between its datastores.
func (c *Center) capacityOf(entry inventory.Datastore) int64 {
	capacity := c.Inventory.Device(entry.Device).CapacityGiB * (1 << 30)
	return int64(capacity) / int64(len(c.sameDevice(entry.Device)))
}

func (c *Center) partitionOf(entry inventory.Datastore) int32 {
	for n, other := range c.sameDevice(entry.Device) {
		if other.Name == entry.Name {
			return int32(n + 1)
		}
	}
	return 1
}

// setCapacity states the capacity of the device instead of the simulator's, less the disks that lie on it.
func (c *Center) setCapacity(datastore *simulator.Datastore) {
	capacity := c.capacityOf(*c.Inventory.Datastore(datastore.Name))
	free := capacity
	for _, ref := range datastore.Vm {
		if vm := c.machine(ref); vm != nil {
			for _, disk := range virtualDisks(vm) {
				if disk.datastore == datastore.Name {
					free -= disk.bytes
				}
			}
		}
	}
	datastore.Summary.Capacity = capacity
	datastore.Summary.FreeSpace = free
	info := datastore.Info.GetDatastoreInfo()
	info.FreeSpace, info.MaxFileSize, info.MaxVirtualDiskCapacity = free, capacity, capacity
}

// datastoreNamed finds a datastore; nil if there is none.
func (c *Center) datastoreNamed(name string) *simulator.Datastore {
	datastore, _ := c.registry.FindByName(name, c.dataCenter.Datastore).(*simulator.Datastore)
	return datastore
}

// showDevice makes the API say what has become of a device: its disk's state on the hosts, its datastores' access.
func (c *Center) showDevice(id string) {
	failed := c.ledger.failed(id)
	state := string(types.ScsiLunStateOk)
	if failed {
		state = string(types.ScsiLunStateLostCommunication)
	}
	for _, name := range c.Inventory.Device(id).Hosts {
		for _, lun := range c.hostNamed(name).Config.StorageDevice.ScsiLun {
			if disk := lun.GetScsiLun(); disk.CanonicalName == id {
				disk.OperationalState = []string{state}
			}
		}
	}
	ctx := c.context()
	for _, entry := range c.sameDevice(id) {
		datastore := c.datastoreNamed(entry.Name)
		if datastore == nil {
			continue
		}
		ctx.WithLock(datastore, func() {
			for n := range datastore.Host {
				datastore.Host[n].MountInfo.Accessible = types.NewBool(!failed)
			}
			ctx.Update(datastore, []types.PropertyChange{{Name: "summary.accessible", Val: !failed}})
		})
	}
}
