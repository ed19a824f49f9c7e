package vcenter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/docker"
	"groundwork/lab/vcenter/internal/guestinfo"
)

// Labels of every container of a lab.
const (
	labelLab      = "groundwork.lab"
	labelMachine  = "groundwork.machine"
	labelRef      = "groundwork.vm"
	labelUUID     = "groundwork.uuid"
	labelHardware = "groundwork.hardware"
)

// startGuest runs the machine's container, made first if there is none, and made anew around the same root file system
// if the hardware has changed. It returns the guest's network.
func (c *Center) startGuest(ctx context.Context, vm *simulator.VirtualMachine) (guestinfo.Network, error) {
	network, err := guestinfo.ReadNetwork(func(key string) string { return extraConfig(vm, key) })
	if err != nil {
		return network, err
	}
	if err := c.openChannel(vm); err != nil {
		return network, err
	}
	if err := c.createDisks(virtualDisks(vm)); err != nil {
		return network, err
	}
	spec, err := c.container(vm, network)
	if err != nil {
		return network, err
	}
	id, err := c.ensureContainer(ctx, vm, spec)
	if err != nil {
		return network, err
	}
	if err := c.docker.Start(ctx, id); err != nil {
		return network, err
	}
	if network.Address.IsValid() {
		return network, nil
	}
	return c.leasedNetwork(ctx, id, network)
}

// leasedNetwork asks Docker for the address that it chose.
func (c *Center) leasedNetwork(ctx context.Context, id string, network guestinfo.Network) (guestinfo.Network, error) {
	container, err := c.docker.Inspect(ctx, id)
	if err != nil || container == nil || container.Address == "" {
		return network, err
	}
	return network, network.Address.UnmarshalText([]byte(container.Address + "/24"))
}

func (c *Center) ensureContainer(ctx context.Context, vm *simulator.VirtualMachine, spec docker.Spec) (string, error) {
	existing, err := c.containerOf(ctx, vm)
	if err != nil {
		return "", err
	}
	if existing == nil {
		return c.docker.Create(ctx, spec)
	}
	if existing.Paused {
		if err := c.docker.Unpause(ctx, existing.ID); err != nil {
			return "", err
		}
	}
	if existing.Labels[labelHardware] == spec.Labels[labelHardware] {
		return existing.ID, nil
	}
	repository, tag := c.keptImage(vm), fmt.Sprint(time.Now().UnixNano())
	if err := c.docker.Commit(ctx, existing.ID, repository, tag); err != nil {
		return "", err
	}
	spec.Image = repository + ":" + tag
	if err := c.docker.Remove(ctx, existing.ID); err != nil {
		return "", err
	}
	return c.docker.Create(ctx, spec)
}

// containerOf finds a machine's container, whatever the machine was called when it was made.
func (c *Center) containerOf(ctx context.Context, vm *simulator.VirtualMachine) (*docker.Container, error) {
	list, err := c.docker.List(ctx, labelLab+"="+c.Lab, labelUUID+"="+vm.Config.Uuid)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return c.docker.Inspect(ctx, list[0])
}

// keptImage names the images that keep a machine's root file system across changes of its hardware.
func (c *Center) keptImage(vm *simulator.VirtualMachine) string {
	return fmt.Sprintf("groundwork-%s-kept-%s", c.Lab, vm.Config.Uuid)
}

func (c *Center) container(vm *simulator.VirtualMachine, network guestinfo.Network) (docker.Spec, error) {
	hostname := network.Hostname
	if hostname == "" {
		hostname = vm.Name
	}
	spec := docker.Spec{
		Name:     fmt.Sprintf("groundwork-%s-%s", c.Lab, vm.Name),
		Hostname: hostname,
		Image:    c.imageOf(vm),
		Network:  c.Network,
		Mounts:   []docker.Mount{{Source: c.channelFolder(vm.Self), Target: "/run/vmware"}},
	}
	if network.Address.IsValid() {
		spec.Address = network.Address.Addr().String()
	}
	for _, device := range object.VirtualDeviceList(vm.Config.Hardware.Device) {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			spec.MacAddress = card.GetVirtualEthernetCard().MacAddress
			break
		}
	}
	if err := c.mountDisks(vm, &spec); err != nil {
		return spec, err
	}
	mark, err := hardwareOf(spec)
	if err != nil {
		return spec, err
	}
	spec.Labels = map[string]string{
		labelLab: c.Lab, labelMachine: vm.Name, labelRef: vm.Self.Value, labelUUID: vm.Config.Uuid, labelHardware: mark,
	}
	if _, err := os.Stat("/lib/modules"); err == nil {
		spec.Mounts = append(spec.Mounts, docker.Mount{Source: "/lib/modules", Target: "/lib/modules", ReadOnly: true})
	}
	if _, err := os.Stat("/dev/kmsg"); err == nil {
		spec.Devices = append(spec.Devices, "/dev/kmsg")
	}
	return spec, c.mountFirmware(vm, &spec)
}

// hardwareOf is a mark of what a container has to be made anew for. The image is not part of it: a machine keeps the root
// file system that it was cloned with.
func hardwareOf(spec docker.Spec) (string, error) {
	spec.Image = ""
	text, err := json.Marshal(spec)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// mountDisks mounts the folders of the first disk at the guest's own folders, and each further disk as a whole.
func (c *Center) mountDisks(vm *simulator.VirtualMachine, spec *docker.Spec) error {
	template := c.Inventory.Template
	for n, disk := range virtualDisks(vm) {
		folder := c.folder(disk)
		if folder == nil {
			return fmt.Errorf("disk %s: its datastore %s is not of the inventory", disk.label, disk.datastore)
		}
		if n > 0 {
			if n > len(template.DataFolders) {
				return fmt.Errorf("disk %s: the machine image has a place for %d further disks only", disk.label, len(template.DataFolders))
			}
			spec.Mounts = append(spec.Mounts, docker.Mount{Source: folder.Folder, Target: c.dataFolder(vm, n-1)})
			continue
		}
		for _, target := range template.SystemFolders {
			source := filepath.Join(folder.Folder, target)
			if err := os.MkdirAll(source, 0o755); err != nil {
				return err
			}
			spec.Mounts = append(spec.Mounts, docker.Mount{Source: source, Target: target})
		}
	}
	return nil
}

// dataFolder is where a guest mounts a further disk: what it would find out by itself of a real one, it is told by what the machine is annotated as.
func (c *Center) dataFolder(vm *simulator.VirtualMachine, n int) string {
	template := c.Inventory.Template
	if n == 0 && strings.HasPrefix(vm.Config.Annotation, "Groundwork: worker of ") {
		return template.VolumesFolder
	}
	return template.DataFolders[n]
}

// mountFirmware makes the guest's DMI tables those of a VMware machine, where this machine's kernel shows such tables.
func (c *Center) mountFirmware(vm *simulator.VirtualMachine, spec *docker.Spec) error {
	const tables = "/sys/class/dmi/id"
	if _, err := os.Stat(tables); err != nil {
		return nil
	}
	folder := filepath.Join(c.State, "machines", vm.Self.Value, "dmi")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	values := map[string]string{
		"product_name": "VMware Virtual Platform", "sys_vendor": "VMware, Inc.", "product_uuid": vm.Config.Uuid,
		"product_serial": "VMware-" + vm.Config.Uuid, "bios_vendor": "Phoenix Technologies LTD",
	}
	for name, value := range values {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(value+"\n"), 0o444); err != nil && !os.IsPermission(err) {
			return err
		}
	}
	spec.Mounts = append(spec.Mounts, docker.Mount{Source: folder, Target: tables, ReadOnly: true})
	return nil
}

// endGuest stops the machine's container, after the grace period by force.
func (c *Center) endGuest(ctx context.Context, vm *simulator.VirtualMachine, grace time.Duration) error {
	defer c.endsByUs(vm.Self)()
	container, err := c.containerOf(ctx, vm)
	if err != nil || container == nil {
		return err
	}
	if container.Paused {
		if err := c.docker.Unpause(ctx, container.ID); err != nil {
			return err
		}
	}
	return c.docker.Stop(ctx, container.ID, grace)
}

// removeGuest deletes what a machine has on this machine, but its disks.
func (c *Center) removeGuest(vm *simulator.VirtualMachine) error {
	defer c.endsByUs(vm.Self)()
	ctx := context.Background()
	var failures []error
	containers, err := c.docker.List(ctx, labelLab+"="+c.Lab, labelUUID+"="+vm.Config.Uuid)
	failures = append(failures, err)
	for _, id := range containers {
		failures = append(failures, c.docker.Remove(ctx, id))
	}
	images, err := c.docker.Images(ctx, c.keptImage(vm))
	failures = append(failures, err)
	for _, id := range images {
		failures = append(failures, c.docker.RemoveImage(ctx, id))
	}
	c.closeChannel(vm.Self)
	failures = append(failures, os.RemoveAll(filepath.Join(c.State, "machines", vm.Self.Value)))
	return errors.Join(failures...)
}

// endsByUs keeps the watch from taking the end of a container for the guest's own doing.
func (c *Center) endsByUs(ref types.ManagedObjectReference) (done func()) {
	c.mu.Lock()
	c.ending[ref]++
	c.mu.Unlock()
	return func() {
		// Docker tells of the end a moment after it has answered.
		time.AfterFunc(2*time.Second, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.ending[ref]--; c.ending[ref] == 0 {
				delete(c.ending, ref)
			}
		})
	}
}
