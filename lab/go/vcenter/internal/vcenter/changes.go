package vcenter

import (
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// changes numbers every change of the inventory, and keeps the last number of each property.
type changes struct {
	mu   sync.Mutex
	last uint64
	of   map[types.ManagedObjectReference]map[string]uint64
	next chan struct{}
}

func newChanges() *changes {
	return &changes{of: map[types.ManagedObjectReference]map[string]uint64{}, next: make(chan struct{})}
}

// Reference names them among the registry's handlers.
func (c *changes) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "Changes", Value: "changes"}
}

// PutObject is called for every new object.
func (c *changes) PutObject(_ *simulator.Context, _ mo.Reference) { c.count(nil) }

// UpdateObject is called after every change of an object.
func (c *changes) UpdateObject(_ *simulator.Context, object mo.Reference, changed []types.PropertyChange) {
	ref := object.Reference()
	c.count(func(number uint64) {
		if c.of[ref] == nil {
			c.of[ref] = map[string]uint64{}
		}
		for _, change := range changed {
			c.of[ref][change.Name] = number
		}
	})
}

// RemoveObject is called before an object goes.
func (c *changes) RemoveObject(_ *simulator.Context, ref types.ManagedObjectReference) {
	c.count(func(uint64) { delete(c.of, ref) })
}

// count gives a change its number, and wakes whoever waits for one.
func (c *changes) count(note func(number uint64)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	if note != nil {
		note(c.last)
	}
	close(c.next)
	c.next = make(chan struct{})
}

// now is the last number, and what is closed at the next one.
func (c *changes) now() (uint64, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.next
}

// touched tells whether a property, one that it holds or one that holds it changed after a number.
func (c *changes) touched(ref types.ManagedObjectReference, property string, since uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, number := range c.of[ref] {
		if number > since && (holds(name, property) || holds(property, name)) {
			return true
		}
	}
	return false
}

func holds(outer, inner string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
