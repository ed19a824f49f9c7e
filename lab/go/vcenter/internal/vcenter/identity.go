package vcenter

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// identity gives every object of the inventory the same managed object ids at every start, whatever else was added to
// the inventory meanwhile: whoever keeps such ids finds the same things behind them.
type identity struct {
	path string
	// Blocks are ranges of ids by what they are for.
	Blocks map[string]int64 `json:"blocks"`
	// Starts counts the starts, each of which hands out ids of its own.
	Starts int64 `json:"starts"`
}

const (
	idsPerBlock = 500
	idsPerStart = 1_000_000
)

func openIdentity(path string) (*identity, error) {
	i := &identity{path: path, Blocks: map[string]int64{}}
	if err := readJSON(path, i); err != nil {
		return nil, err
	}
	i.Starts++
	return i, i.save()
}

func (i *identity) save() error { return writeJSON(i.path, i) }

// reserve gives a name a block. What it is made from comes first: if one of those has a later block, the name gets a new
// one, and what it stands for becomes another object.
func (i *identity) reserve(name string, from ...string) {
	block, ok := i.Blocks[name]
	for _, other := range from {
		ok = ok && i.Blocks[other] < block
	}
	if ok {
		return
	}
	last := int64(0)
	for _, block := range i.Blocks {
		last = max(last, block)
	}
	i.Blocks[name] = last + 1
}

// ordered sorts names by their blocks, the order in which they must be made.
func (i *identity) ordered(names []string) []string {
	ordered := slices.Clone(names)
	slices.SortFunc(ordered, func(a, b string) int { return int(i.Blocks[a] - i.Blocks[b]) })
	return ordered
}

// enter makes the registry's next id the first of a name's block.
func (i *identity) enter(registry *simulator.Registry, name string) error {
	return skipTo(registry, i.Blocks[name]*idsPerBlock)
}

// enterRuntime makes the registry's next ids those of this start.
func (i *identity) enterRuntime(registry *simulator.Registry) error {
	return skipTo(registry, i.Starts*idsPerStart)
}

// milestone is an object whose only use is its id: the registry counts on from the largest it finds.
type milestone struct{ Self types.ManagedObjectReference }

func (m *milestone) Reference() types.ManagedObjectReference { return m.Self }

func skipTo(registry *simulator.Registry, id int64) error {
	mark := &milestone{types.ManagedObjectReference{Type: "Milestone", Value: fmt.Sprintf("milestone-%d", id)}}
	registry.Put(mark)
	err := registry.AlignCounter()
	registry.Remove(&simulator.Context{Map: registry}, mark.Self)
	return err
}

// readJSON fills value from a file; one that does not exist leaves it as it is.
func readJSON(path string, value any) error {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// writeFile replaces a file as a whole, readable for its owner only.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	partial := path + ".new"
	if err := os.WriteFile(partial, data, 0o600); err != nil {
		return err
	}
	return os.Rename(partial, path)
}
