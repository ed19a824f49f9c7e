// Package device gives a lab physical storage devices: each is an XFS file system in a file, behind a loop device.
package device

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

// Device is one storage device of the lab.
type Device struct {
	// ID is the canonical id, naa.….
	ID string
	// Image is the file that holds it.
	Image string
	// Mount is where it is mounted on this machine.
	Mount string
}

// imageSize is how much a device really holds. The file is sparse: it takes what is written.
const imageSize = 8 << 30

// New names the files of a device below a folder; it makes nothing.
func New(folder, id string) *Device {
	return &Device{ID: id, Image: filepath.Join(folder, id+".xfs"), Mount: filepath.Join(folder, id)}
}

// Attach makes the device if it does not exist and mounts it if it is not mounted.
func (d *Device) Attach() error {
	if mounted, err := d.mounted(); err != nil || mounted {
		return err
	}
	if err := os.MkdirAll(d.Mount, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(d.Image); os.IsNotExist(err) {
		if err := d.format(); err != nil {
			return err
		}
	}
	return run("mount", "-o", "loop,noatime", "-t", "xfs", d.Image, d.Mount)
}

// format makes the image aside and renames it, so that an interrupted one is never used.
func (d *Device) format() error {
	partial := d.Image + ".new"
	file, err := os.Create(partial)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Truncate(imageSize); err != nil {
		return err
	}
	if err := run("mkfs.xfs", "-q", "-f", "-m", "reflink=1", partial); err != nil {
		return err
	}
	return os.Rename(partial, d.Image)
}

// Detach unmounts the device; its image stays.
func (d *Device) Detach() error {
	if mounted, err := d.mounted(); err != nil || !mounted {
		return err
	}
	return run("umount", d.Mount)
}

// Fail makes every later read and write of the device end in an I/O error, as a dead disk does. What was not synced is
// lost. It lasts until Mend.
func (d *Device) Fail() error {
	const goingDown = 0x8004587d // XFS_IOC_GOINGDOWN
	const logFlush = uint32(1)   // XFS_FSOP_GOING_FLAGS_LOGFLUSH
	folder, err := os.Open(d.Mount)
	if err != nil {
		return fmt.Errorf("device %s: %w", d.ID, err)
	}
	defer folder.Close()
	flags := logFlush
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, folder.Fd(), goingDown, uintptr(unsafe.Pointer(&flags)))
	if errno != 0 {
		return fmt.Errorf("device %s: cannot be shut down: %w", d.ID, errno)
	}
	return nil
}

// Failed says whether the device answers with I/O errors.
func (d *Device) Failed() bool {
	_, err := os.ReadDir(d.Mount)
	return err != nil
}

// Mend makes a failed device work again. Nothing may use it any more: a file system that is still mounted in some
// container stays dead.
func (d *Device) Mend() error {
	if err := d.Detach(); err != nil {
		return err
	}
	if err := d.Attach(); err != nil {
		return err
	}
	if d.Failed() {
		return fmt.Errorf("device %s: is still in use by a process of this machine; stop it and mend again", d.ID)
	}
	return nil
}

// Renew puts an empty device in the place of this one.
func (d *Device) Renew() error {
	if err := d.Detach(); err != nil {
		return err
	}
	if err := os.Remove(d.Image); err != nil && !os.IsNotExist(err) {
		return err
	}
	return d.Attach()
}

// ballast is the file that takes a device's space away.
const ballast = ".full"

// Fill leaves no space on the device.
func (d *Device) Fill() error {
	file, err := os.OpenFile(filepath.Join(d.Mount, ballast), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	// The last blocks cannot always be had in one piece.
	offset := int64(0)
	for step := int64(1 << 30); step >= 4096; {
		if err := syscall.Fallocate(int(file.Fd()), 0, offset, step); err != nil {
			step /= 2
			continue
		}
		offset += step
	}
	return nil
}

// Drain gives the space back that Fill took.
func (d *Device) Drain() error {
	err := os.Remove(filepath.Join(d.Mount, ballast))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func (d *Device) mounted() (bool, error) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	path, err := filepath.Abs(d.Mount)
	if err != nil {
		return false, err
	}
	escaped := strings.NewReplacer(`\`, `\134`, " ", `\040`, "\t", `\011`, "\n", `\012`).Replace(path)
	return bytes.Contains(table, []byte(" "+escaped+" ")), nil
}

func run(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %s: %w", name, strings.TrimSpace(string(output)), err)
	}
	return nil
}
