// Package inventory is what a lab's datacenter consists of, as its file says.
package inventory

import (
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Inventory is a datacenter with one cluster.
type Inventory struct {
	Datacenter string      `yaml:"datacenter"`
	Cluster    string      `yaml:"cluster"`
	Hosts      []Host      `yaml:"hosts"`
	Devices    []Device    `yaml:"devices"`
	Datastores []Datastore `yaml:"datastores"`
	// Networks are standard port groups, on every host.
	Networks []string `yaml:"networks"`
	// Folders are virtual machine folders below the datacenter's.
	Folders  []string `yaml:"folders"`
	Template Template `yaml:"template"`
	// MoreTemplates are further ones of the same hardware.
	MoreTemplates []Image `yaml:"moreTemplates"`
}

// Image is a template's name and the container image behind it.
type Image struct {
	Name  string `yaml:"name"`
	Image string `yaml:"image"`
}

// Host is a physical server with a hypervisor.
type Host struct {
	Name      string  `yaml:"name"`
	CPUs      int     `yaml:"cpus"`
	CPUMHz    int     `yaml:"cpuMHz"`
	MemoryGiB float64 `yaml:"memoryGiB"`
}

// Device is a physical storage device, named by its canonical id (naa.…).
type Device struct {
	ID          string   `yaml:"id"`
	Media       string   `yaml:"media"`
	CapacityGiB float64  `yaml:"capacityGiB"`
	Hosts       []string `yaml:"hosts"`
}

// Datastore is a VMFS volume on the extents of a device.
type Datastore struct {
	Name   string `yaml:"name"`
	Device string `yaml:"device"`
}

// Template is the virtual machine that others are cloned from, and the container image behind it.
type Template struct {
	Name      string  `yaml:"name"`
	Image     string  `yaml:"image"`
	CPUs      int     `yaml:"cpus"`
	MemoryGiB float64 `yaml:"memoryGiB"`
	DiskGiB   float64 `yaml:"diskGiB"`
	GuestID   string  `yaml:"guestId"`
	// Seed is a folder or a tar file with what a new system disk holds, by its path in the guest.
	Seed string `yaml:"seed"`
	// SystemFolders are the guest's folders that lie on its first disk.
	SystemFolders []string `yaml:"systemFolders"`
	// DataFolders are where its further disks are mounted, in their order.
	DataFolders []string `yaml:"dataFolders"`
	// VolumesFolder is where a worker has the first of them: nobody's data but that of its volumes.
	VolumesFolder string `yaml:"volumesFolder"`
}

// Read reads an inventory from a file of JSON or YAML.
func Read(path string) (*Inventory, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	inventory := &Inventory{}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(inventory); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	inventory.setDefaults()
	if err := inventory.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return inventory, nil
}

func (i *Inventory) setDefaults() {
	setDefault(&i.Datacenter, "DC0")
	setDefault(&i.Cluster, "C0")
	if len(i.Networks) == 0 {
		i.Networks = []string{"VM Network"}
	}
	for n := range i.Hosts {
		setDefault(&i.Hosts[n].CPUMHz, 2000)
	}
	for n := range i.Devices {
		device := &i.Devices[n]
		setDefault(&device.Media, "ssd")
		setDefault(&device.CapacityGiB, 894)
		if len(device.Hosts) == 0 {
			for _, host := range i.Hosts {
				device.Hosts = append(device.Hosts, host.Name)
			}
		}
	}
	t := &i.Template
	setDefault(&t.Name, "groundwork-node")
	setDefault(&t.CPUs, 2)
	setDefault(&t.MemoryGiB, 2)
	setDefault(&t.DiskGiB, 20)
	setDefault(&t.GuestID, "debian11_64Guest")
	if t.SystemFolders == nil {
		t.SystemFolders = []string{"/var/lib/containerd", "/var/lib/kubelet", "/var/log"}
	}
	if t.DataFolders == nil {
		t.DataFolders = []string{"/var/lib/etcd"}
	}
	setDefault(&t.VolumesFolder, "/var/lib/groundwork-volumes")
}

func (i *Inventory) check() error {
	hosts, devices, datastores := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for n, host := range i.Hosts {
		if host.Name == "" || host.CPUs <= 0 || host.MemoryGiB <= 0 {
			return fmt.Errorf("hosts[%d]: name, cpus or memoryGiB is missing; give all three", n)
		}
		if hosts[host.Name] {
			return fmt.Errorf("hosts[%d]: %s is there twice; give each host its own name", n, host.Name)
		}
		hosts[host.Name] = true
	}
	if len(hosts) == 0 {
		return fmt.Errorf("hosts: there is none; give at least one")
	}
	for n, device := range i.Devices {
		if device.ID == "" || devices[device.ID] {
			return fmt.Errorf("devices[%d]: id %q is empty or there twice; give each device its canonical id", n, device.ID)
		}
		for _, host := range device.Hosts {
			if !hosts[host] {
				return fmt.Errorf("devices[%d]: there is no host %s; name one of hosts", n, host)
			}
		}
		devices[device.ID] = true
	}
	for n, datastore := range i.Datastores {
		if datastore.Name == "" || datastores[datastore.Name] {
			return fmt.Errorf("datastores[%d]: name %q is empty or there twice; give each its own name", n, datastore.Name)
		}
		if !devices[datastore.Device] {
			return fmt.Errorf("datastores[%d]: there is no device %s; name one of devices", n, datastore.Device)
		}
		datastores[datastore.Name] = true
	}
	if len(datastores) == 0 {
		return fmt.Errorf("datastores: there is none; give at least one, the template needs a place")
	}
	templates := map[string]bool{}
	for _, template := range i.Templates() {
		if template.Image == "" {
			return fmt.Errorf("template.image: is missing; name the container image of the machines")
		}
		if template.Name == "" || templates[template.Name] {
			return fmt.Errorf("moreTemplates: name %q is empty or there twice; give each its own name", template.Name)
		}
		templates[template.Name] = true
	}
	return nil
}

// Templates are all templates, the first one first.
func (i *Inventory) Templates() []Image {
	return append([]Image{{i.Template.Name, i.Template.Image}}, i.MoreTemplates...)
}

// Without is the inventory without hosts, and what only they have.
func (i *Inventory) Without(hosts []string) *Inventory {
	left := *i
	left.Hosts, left.Devices, left.Datastores = nil, nil, nil
	for _, host := range i.Hosts {
		if !slices.Contains(hosts, host.Name) {
			left.Hosts = append(left.Hosts, host)
		}
	}
	for _, device := range i.Devices {
		device.Hosts = slices.DeleteFunc(slices.Clone(device.Hosts), func(name string) bool { return slices.Contains(hosts, name) })
		if len(device.Hosts) > 0 {
			left.Devices = append(left.Devices, device)
		}
	}
	for _, datastore := range i.Datastores {
		if left.Device(datastore.Device) != nil {
			left.Datastores = append(left.Datastores, datastore)
		}
	}
	return &left
}

// Device finds a device by its id.
func (i *Inventory) Device(id string) *Device {
	n := slices.IndexFunc(i.Devices, func(d Device) bool { return d.ID == id })
	if n < 0 {
		return nil
	}
	return &i.Devices[n]
}

// Datastore finds a datastore by its name.
func (i *Inventory) Datastore(name string) *Datastore {
	n := slices.IndexFunc(i.Datastores, func(d Datastore) bool { return d.Name == name })
	if n < 0 {
		return nil
	}
	return &i.Datastores[n]
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
