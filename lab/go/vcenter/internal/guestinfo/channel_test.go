package guestinfo

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

type memory map[string]string

func (m memory) Get(key string) (string, bool) {
	value, ok := m[key]
	return value, ok
}

func (m memory) Set(key, value string) error {
	m[key] = value
	return nil
}

func TestChannel(t *testing.T) {
	// Longer than a socket's path may be.
	folder := filepath.Join(t.TempDir(), strings.Repeat("deep", 40))
	store := memory{"guestinfo.userdata": "secret"}
	for range 2 { // a second one takes the place of the first, as after a restart
		channel, err := Listen(folder, store)
		if err != nil {
			t.Fatal(err)
		}
		defer channel.Close()
	}
	for _, step := range []struct{ command, reply string }{
		{"info-get guestinfo.userdata", "1 secret"},
		{"info-get guestinfo.vendordata", "0 No value found"},
		{"info-set guestinfo.userdata two words", "1 "},
		{"info-get guestinfo.userdata", "1 two words"},
		{"info-get other.key", "0 Unknown command"},
		{"reboot guestinfo.userdata", "0 Unknown command"},
	} {
		if reply := ask(t, folder, step.command); reply != step.reply {
			t.Errorf("%s: answered %q, not %q", step.command, reply, step.reply)
		}
	}
}

func ask(t *testing.T, folder, command string) string {
	t.Helper()
	t.Chdir(folder) // the path is too long to dial
	connection, err := net.Dial("unix", "rpc.sock")
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, command); err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	reply, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	return string(reply)
}
