package vcenter

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
)

func TestIdentityKeepsBlocks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.json")
	first, err := openIdentity(file)
	if err != nil {
		t.Fatal(err)
	}
	first.reserve("host/a")
	first.reserve("datastore/b", "host/a")
	if err := first.save(); err != nil {
		t.Fatal(err)
	}
	second, err := openIdentity(file)
	if err != nil {
		t.Fatal(err)
	}
	second.reserve("host/new")
	second.reserve("host/a")
	second.reserve("datastore/b", "host/a")
	ordered := second.ordered([]string{"host/new", "datastore/b", "host/a"})
	if !slices.Equal(ordered, []string{"host/a", "datastore/b", "host/new"}) || second.Starts != 2 {
		t.Errorf("order is %v, start %d", ordered, second.Starts)
	}
	registry := simulator.NewRegistry()
	for _, name := range ordered {
		if err := second.enter(registry, name); err != nil {
			t.Fatal(err)
		}
		folder := registry.Put(&simulator.Folder{Folder: mo.Folder{}})
		want := map[string]string{"host/a": "group-501", "datastore/b": "group-1001", "host/new": "group-1501"}[name]
		if got := folder.Reference().Value; got != want {
			t.Errorf("%s: id is %s, not %s", name, got, want)
		}
	}
}

func TestIdentityMovesWhatDependsOnLaterThings(t *testing.T) {
	i := &identity{Blocks: map[string]int64{"host/a": 1, "datastore/b": 2, "host/new": 3}}
	i.reserve("datastore/b", "host/new")
	if !slices.Equal(i.ordered([]string{"datastore/b", "host/new"}), []string{"host/new", "datastore/b"}) {
		t.Errorf("blocks are %v", i.Blocks)
	}
}
