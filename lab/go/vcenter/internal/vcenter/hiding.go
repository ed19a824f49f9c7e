package vcenter

import (
	"bytes"
	"regexp"
)

// What vCenter does not show of a machine whose files it cannot read: none of its settings, and not by its UUID.

const settingNames = `(?:config|summary\.config|layout|layoutEx|storage)(?:\.[^<]*)?`

var (
	machineObject = regexp.MustCompile(`<obj(?: [^>]*)? type="VirtualMachine"[^>]*>([^<]+)</obj>`)
	hiddenSetting = regexp.MustCompile(`(?s)<propSet><name>` + settingNames + `</name>.*?</propSet>`)
	hiddenChange  = regexp.MustCompile(`(?s)<changeSet><name>` + settingNames + `</name>.*?</changeSet>`)
	foundMachine  = regexp.MustCompile(`<returnval type="VirtualMachine">([^<]+)</returnval>`)
)

// hide takes out of an answer what vCenter would not have told.
func (c *Center) hide(body []byte) []byte {
	hidden := map[string]bool{}
	for _, vm := range c.allMachines() {
		if c.inaccessible(vm) {
			hidden[vm.Self.Value] = true
		}
	}
	if len(hidden) == 0 {
		return body
	}
	return withoutSettings(body, hidden)
}

// withoutSettings is an answer without the settings of some machines, by their ids.
func withoutSettings(body []byte, hidden map[string]bool) []byte {
	if bytes.Contains(body, []byte("ByUuidResponse")) {
		return foundMachine.ReplaceAllFunc(body, func(match []byte) []byte {
			if hidden[string(foundMachine.FindSubmatch(match)[1])] {
				return nil
			}
			return match
		})
	}
	objects := machineObject.FindAllSubmatchIndex(body, -1)
	if objects == nil {
		return body
	}
	var shown bytes.Buffer
	shown.Write(body[:objects[0][0]])
	for n, at := range objects {
		end := len(body)
		if n+1 < len(objects) {
			end = objects[n+1][0]
		}
		// Other kinds of objects may follow this machine.
		own := end
		if next := bytes.Index(body[at[1]:end], []byte("<obj ")); next >= 0 {
			own = at[1] + next
		}
		if hidden[string(body[at[2]:at[3]])] {
			shown.Write(hiddenChange.ReplaceAll(hiddenSetting.ReplaceAll(body[at[0]:own], nil), nil))
		} else {
			shown.Write(body[at[0]:own])
		}
		shown.Write(body[own:end])
	}
	return shown.Bytes()
}
