package inventory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const complete = `
hosts: [{name: esx-1, cpus: 8, memoryGiB: 64}]
devices: [{id: naa.1, hosts: [esx-1]}]
datastores: [{name: esx-1-a, device: naa.1}]
template: {image: "node:1"}
`

func read(t *testing.T, text string) (*Inventory, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inventory.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(file)
}

func TestDefaults(t *testing.T) {
	inventory, err := read(t, complete)
	if err != nil {
		t.Fatal(err)
	}
	if inventory.Datacenter != "DC0" || inventory.Networks[0] != "VM Network" || inventory.Template.Name != "groundwork-node" {
		t.Errorf("defaults are %+v", inventory)
	}
	if device := inventory.Device("naa.1"); device == nil || device.Media != "ssd" || device.CapacityGiB == 0 {
		t.Errorf("device is %+v", device)
	}
	if inventory.Datastore("none") != nil {
		t.Error("found a datastore that is not there")
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for replaced, want := range map[[2]string]string{
		{"hosts: [esx-1]", "hosts: [esx-9]"}: "devices[0]: there is no host esx-9",
		{"device: naa.1", "device: naa.2"}:   "datastores[0]: there is no device naa.2",
		{"cpus: 8", "cpus: 0"}:               "hosts[0]: name, cpus or memoryGiB is missing",
		{`image: "node:1"`, `image: ""`}:     "template.image: is missing",
		{"cpus: 8", "cpu: 8"}:                "field cpu not found",
		{`{image: "node:1"}`, "{image: a}\nmoreTemplates: [{name: groundwork-node, image: b}]"}: "there twice",
	} {
		_, err := read(t, strings.Replace(complete, replaced[0], replaced[1], 1))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v", replaced[1], err)
		}
	}
}
