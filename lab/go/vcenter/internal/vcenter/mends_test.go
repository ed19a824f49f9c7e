package vcenter

import (
	"strings"
	"testing"
)

func TestMendMessages(t *testing.T) {
	caused := `<error><fault xsi:type="InaccessibleDatastore"><faultCause><fault xsi:type="SystemErrorFault"><reason>r</reason>` +
		`</fault><localizedMessage>The datastore is gone.</localizedMessage></faultCause><name>esx-1-a</name></fault>` +
		`<localizedMessage>*types.InaccessibleDatastore</localizedMessage></error>`
	if got := string(mendMessages([]byte(caused))); !strings.HasSuffix(got, "<localizedMessage>The datastore is gone.</localizedMessage></error>") {
		t.Errorf("mended to %s", got)
	}
	for given, want := range map[string]string{
		"<localizedMessage>*types.InvalidState</localizedMessage>": "<localizedMessage>The operation is not allowed in the current state.</localizedMessage>",
		"<localizedMessage>*types.Unknown</localizedMessage>":      "<localizedMessage>*types.Unknown</localizedMessage>",
		"<faultstring>Login failure</faultstring>":                 "<faultstring>" + loginFailure + "</faultstring>",
	} {
		if got := string(mendMessages([]byte(given))); got != want {
			t.Errorf("%s: mended to %s", given, got)
		}
	}
}

func TestConcerns(t *testing.T) {
	known := map[string]bool{"/d/disks/a/vm/vm": true}
	for folder, want := range map[string]bool{
		"/d/disks/a/vm/vm": true, "/d/disks/a/vm": true, "/d/disks/a/vm/vm/var": true,
		"/d/disks/a/vm/vm_1": false, "/d/disks/a/v": false,
	} {
		if concerns(folder, known) != want {
			t.Errorf("%s: is %v", folder, !want)
		}
	}
}
