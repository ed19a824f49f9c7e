package vcenter

import "testing"

func objectAnswer(kind, id, settings string) string {
	return `<objects><obj type="` + kind + `">` + id + `</obj>` + settings + `</objects>`
}

func TestSettingsOfMachinesAreHidden(t *testing.T) {
	const (
		name   = `<propSet><name>name</name><val>a</val></propSet>`
		uuid   = `<propSet><name>config.uuid</name><val>1</val></propSet>`
		config = `<propSet><name>config</name><val><hardware><device><key>1</key></device></hardware></val></propSet>`
		power  = `<propSet><name>runtime.powerState</name><val>poweredOn</val></propSet>`
		pool   = `<propSet><name>config.entity</name><val>x</val></propSet>`
	)
	answer := `<returnval>` + objectAnswer("VirtualMachine", "vm-1", name+uuid+config+power) +
		objectAnswer("VirtualMachine", "vm-11", uuid+name) + objectAnswer("ResourcePool", "pool-1", pool) +
		objectAnswer("VirtualMachine", "vm-2", config) + objectAnswer("ResourcePool", "pool-2", pool) + `</returnval>`
	expected := `<returnval>` + objectAnswer("VirtualMachine", "vm-1", name+power) +
		objectAnswer("VirtualMachine", "vm-11", uuid+name) + objectAnswer("ResourcePool", "pool-1", pool) +
		objectAnswer("VirtualMachine", "vm-2", "") + objectAnswer("ResourcePool", "pool-2", pool) + `</returnval>`
	hidden := map[string]bool{"vm-1": true, "vm-2": true}
	if got := string(withoutSettings([]byte(answer), hidden)); got != expected {
		t.Errorf("got %s", got)
	}
}

func TestMachinesAreNotFoundByUUID(t *testing.T) {
	const found = `<FindAllByUuidResponse><returnval type="VirtualMachine">vm-1</returnval><returnval type="VirtualMachine">vm-3</returnval></FindAllByUuidResponse>`
	const expected = `<FindAllByUuidResponse><returnval type="VirtualMachine">vm-3</returnval></FindAllByUuidResponse>`
	if got := string(withoutSettings([]byte(found), map[string]bool{"vm-1": true})); got != expected {
		t.Errorf("got %s", got)
	}
}
