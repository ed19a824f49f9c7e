package vcenter

import (
	"context"
	"errors"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// sweep removes what a crash has left behind: containers, folders and disks of machines that nobody knows.
func (c *Center) sweep(ctx context.Context) error {
	known, folders, disks, files := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, entity := range c.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok {
			continue
		}
		known[vm.Config.Uuid], folders[vm.Self.Value] = true, true
		files[c.file(vm.Config.Files.VmPathName)] = true
		for _, disk := range virtualDisks(vm) {
			files[filepath.Join(c.State, "datastores", disk.datastore, disk.path)] = true
			if folder := c.folder(disk); folder != nil {
				disks[folder.Folder] = true
			}
		}
	}
	return errors.Join(c.sweepContainers(ctx, known), c.sweepFolders(folders), c.sweepDisks(disks), c.sweepFiles(files))
}

// file is where a file of a datastore lies on this machine.
func (c *Center) file(datastorePath string) string {
	var path object.DatastorePath
	path.FromString(datastorePath)
	return filepath.Join(c.State, "datastores", path.Datastore, path.Path)
}

// sweepFiles removes the API's own files, of which a new machine of the same name would have to keep clear.
func (c *Center) sweepFiles(known map[string]bool) error {
	entries, err := filepath.Glob(filepath.Join(c.State, "datastores", "*", "*"))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if concerns(entry, known) || strings.HasSuffix(entry, "-flat.vmdk") {
			continue
		}
		if err := os.RemoveAll(entry); err != nil {
			return err
		}
	}
	return nil
}

func (c *Center) sweepContainers(ctx context.Context, known map[string]bool) error {
	list, err := c.docker.List(ctx, labelLab+"="+c.Lab)
	if err != nil {
		return err
	}
	for _, id := range list {
		container, err := c.docker.Inspect(ctx, id)
		if err != nil || container == nil || known[container.Labels[labelUUID]] {
			continue
		}
		log.Printf("container %s: belongs to no machine; removing it", container.Name)
		if err := c.docker.Remove(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (c *Center) sweepFolders(known map[string]bool) error {
	entries, err := os.ReadDir(filepath.Join(c.State, "machines"))
	if err != nil {
		return nil // there has been no machine yet
	}
	for _, entry := range entries {
		if known[entry.Name()] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(c.State, "machines", entry.Name())); err != nil {
			return err
		}
		c.closeChannel(types.ManagedObjectReference{Type: "VirtualMachine", Value: entry.Name()})
	}
	return nil
}

func (c *Center) sweepDisks(known map[string]bool) error {
	for _, d := range c.devices {
		folders, err := filepath.Glob(filepath.Join(d.Mount, "disks", "*", "*", "*"))
		if err != nil {
			return err
		}
		for _, folder := range folders {
			if concerns(folder, known) {
				continue
			}
			if err := os.RemoveAll(folder); err != nil && !c.ledger.failed(d.ID) {
				return err
			}
		}
	}
	return nil
}

// concerns says whether a folder is one of the known ones, or lies above or below one.
func concerns(folder string, known map[string]bool) bool {
	for path := range known {
		if path == folder || strings.HasPrefix(path, folder+"/") || strings.HasPrefix(folder, path+"/") {
			return true
		}
	}
	return false
}
