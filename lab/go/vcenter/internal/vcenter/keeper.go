package vcenter

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// keeper writes every object that a client has made or changed to the state folder, a moment after it changed.
type keeper struct {
	mo.ManagedEntity
	center *Center
	folder string

	mu    sync.Mutex
	dirty map[types.ManagedObjectReference]bool
	// made are the machines whose creation has come to its end.
	made  map[types.ManagedObjectReference]bool
	timer *time.Timer
	write sync.Mutex
}

// keepDelay gathers the many small changes of one operation.
const keepDelay = 50 * time.Millisecond

func newKeeper(c *Center) *keeper {
	k := &keeper{
		center: c,
		folder: filepath.Join(c.State, "objects"),
		dirty:  map[types.ManagedObjectReference]bool{},
		made:   map[types.ManagedObjectReference]bool{},
	}
	k.Self = types.ManagedObjectReference{Type: "Keeper", Value: "keeper"}
	return k
}

// Reference names the keeper among the registry's handlers.
func (k *keeper) Reference() types.ManagedObjectReference { return k.Self }

// PutObject is called for every new object.
func (k *keeper) PutObject(_ *simulator.Context, object mo.Reference) {
	if vm, ok := object.(*simulator.VirtualMachine); ok {
		setDefaults(vm)
	}
	k.mark(object.Reference())
}

// UpdateObject is called for every change; the end of a task counts as a change of what it was about.
func (k *keeper) UpdateObject(_ *simulator.Context, object mo.Reference, _ []types.PropertyChange) {
	if task, ok := object.(*mo.Task); ok {
		if task.Info.Entity != nil {
			k.mark(*task.Info.Entity)
		}
		if ref, ok := task.Info.Result.(types.ManagedObjectReference); ok {
			k.finish(ref)
			k.mark(ref)
		}
		return
	}
	k.mark(object.Reference())
}

// RemoveObject is called before an object goes.
func (k *keeper) RemoveObject(_ *simulator.Context, ref types.ManagedObjectReference) {
	if ref.Type == "VirtualMachine" {
		k.center.forget(ref)
		k.mark(k.center.cluster.Self)
	}
	k.center.dropViews(ref)
	k.mark(ref)
}

// keeps says which objects are written: those that are not made from the inventory, and the cluster for its rules.
func (k *keeper) keeps(ref types.ManagedObjectReference) bool {
	switch ref.Type {
	case "VirtualMachine", "Folder", "ResourcePool":
		return !k.center.base[ref]
	case "ClusterComputeResource":
		return ref == k.center.cluster.Self
	}
	return false
}

// finish says that an object is complete: one that is still being made when the process ends is not brought back.
func (k *keeper) finish(ref types.ManagedObjectReference) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if ref.Type == "VirtualMachine" {
		k.made[ref] = true
	}
}

func (k *keeper) mark(ref types.ManagedObjectReference) {
	if !k.keeps(ref) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if ref.Type == "VirtualMachine" && !k.made[ref] {
		return
	}
	k.dirty[ref] = true
	if k.timer == nil {
		k.timer = time.AfterFunc(keepDelay, k.flush)
	}
}

// flush writes what has changed.
func (k *keeper) flush() {
	k.write.Lock()
	defer k.write.Unlock()
	k.mu.Lock()
	dirty := k.dirty
	k.dirty, k.timer = map[types.ManagedObjectReference]bool{}, nil
	k.mu.Unlock()
	for ref := range dirty {
		if err := k.keep(ref); err != nil {
			log.Printf("%s: could not be written: %v", ref, err)
		}
	}
}

func (k *keeper) path(ref types.ManagedObjectReference) string {
	return filepath.Join(k.folder, ref.Type, ref.Value+".json")
}

func (k *keeper) keep(ref types.ManagedObjectReference) error {
	object := k.center.registry.Get(ref)
	if object == nil {
		k.mu.Lock()
		delete(k.made, ref)
		k.mu.Unlock()
		err := os.Remove(k.path(ref))
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	var text bytes.Buffer
	var err error
	ctx := k.center.context()
	ctx.WithLock(object, func() {
		encoder := types.NewJSONEncoder(&text)
		switch object := object.(type) {
		case *simulator.VirtualMachine:
			err = encoder.Encode(object.VirtualMachine)
		case *simulator.Folder:
			err = encoder.Encode(object.Folder)
		case *simulator.ResourcePool:
			err = encoder.Encode(object.ResourcePool)
		case *simulator.ClusterComputeResource:
			err = encoder.Encode(object.ClusterComputeResource)
		}
	})
	if err != nil {
		return err
	}
	return writeFile(k.path(ref), text.Bytes())
}
