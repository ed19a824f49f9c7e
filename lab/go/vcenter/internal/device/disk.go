package device

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Seed is what a new system disk holds: a folder or a tar file, laid out as in the guest.
type Seed struct{ path string }

// NewSeed takes the path of a folder or tar file; empty means that new disks are empty.
func NewSeed(path string) Seed { return Seed{path} }

func (s Seed) folder(d *Device) string {
	sum := sha256.Sum256([]byte(s.path))
	return filepath.Join(d.Mount, "templates", hex.EncodeToString(sum[:6]))
}

// Plant puts the seed on a device, once, from where each new disk is a reflink copy. Seeds of before go away.
func (s Seed) Plant(d *Device) error {
	folder := s.folder(d)
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.RemoveAll(filepath.Dir(folder)); err != nil {
		return err
	}
	partial := folder + ".new"
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return err
	}
	if s.path != "" {
		if err := s.unpack(partial); err != nil {
			return fmt.Errorf("device %s: %w", d.ID, err)
		}
	}
	return os.Rename(partial, folder)
}

func (s Seed) unpack(folder string) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return run("cp", "-a", s.path+"/.", folder)
	}
	return run("tar", "-C", folder, "--numeric-owner", "-xpf", s.path)
}

// Disk is a virtual disk: a folder on a device.
type Disk struct {
	device *Device
	// Folder is where its content lies.
	Folder string
}

// Disk names a virtual disk by where the API says it lies: a datastore of this device, and the .vmdk file's path on it.
func (d *Device) Disk(datastore, path string) Disk {
	return Disk{d, filepath.Join(d.Mount, "disks", datastore, strings.TrimSuffix(path, ".vmdk"))}
}

// Exists says whether the disk has content.
func (d Disk) Exists() bool {
	_, err := os.Stat(d.Folder)
	return err == nil
}

// Create makes the disk with the seed's content; one that exists stays as it is.
func (d Disk) Create(seed *Seed) error {
	if d.Exists() {
		return nil
	}
	parent := filepath.Dir(d.Folder)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	if seed == nil {
		return os.MkdirAll(d.Folder, 0o755)
	}
	partial := d.Folder + ".new"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := run("cp", "-a", "--reflink=always", seed.folder(d.device), partial); err != nil {
		return err
	}
	return os.Rename(partial, d.Folder)
}

// CopyTo makes the same disk at another place, on whichever device.
func (d Disk) CopyTo(other Disk) error {
	if err := os.MkdirAll(filepath.Dir(other.Folder), 0o700); err != nil {
		return err
	}
	partial := other.Folder + ".new"
	if err := errors.Join(os.RemoveAll(partial), os.RemoveAll(other.Folder)); err != nil {
		return err
	}
	if err := run("cp", "-a", "--reflink=auto", d.Folder, partial); err != nil {
		return err
	}
	return os.Rename(partial, other.Folder)
}

// Delete takes the disk away at once; its content is freed a little later.
func (d Disk) Delete() error {
	if !d.Exists() {
		return nil
	}
	bin := filepath.Join(d.device.Mount, "trash")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	grave, err := os.MkdirTemp(bin, "disk-")
	if err != nil {
		return err
	}
	if err := os.Rename(d.Folder, filepath.Join(grave, "disk")); err != nil {
		return err
	}
	_ = os.Remove(filepath.Dir(d.Folder)) // the machine's folder, if that was its last disk
	go os.RemoveAll(grave)
	return nil
}

// EmptyTrash frees what a run of before did not get to.
func (d *Device) EmptyTrash() error { return os.RemoveAll(filepath.Join(d.Mount, "trash")) }
