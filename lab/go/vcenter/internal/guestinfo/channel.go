package guestinfo

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Store is a machine's guestinfo, kept by the datacenter.
type Store interface {
	Get(key string) (string, bool)
	Set(key, value string) error
}

// Channel is the machine's way to its guestinfo: a socket in a folder that is mounted into the guest.
type Channel struct {
	listener net.Listener
	store    Store
}

// Listen serves the store on rpc.sock in the folder. The folder is mounted, not the socket, so that a new socket of the
// same name reaches a guest that is running already.
func Listen(folder string, store Store) (*Channel, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := os.Remove(filepath.Join(folder, "rpc.sock")); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	// A socket's path has room for 108 bytes, which a state folder's path may exceed.
	handle, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	listener, err := net.Listen("unix", fmt.Sprintf("/proc/self/fd/%d/rpc.sock", handle.Fd()))
	if err != nil {
		return nil, err
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	channel := &Channel{listener, store}
	go channel.serve()
	return channel, nil
}

// Close ends the channel.
func (c *Channel) Close() error { return c.listener.Close() }

func (c *Channel) serve() {
	for {
		connection, err := c.listener.Accept()
		if err != nil {
			return
		}
		go c.answer(connection)
	}
}

// answer handles one command; the reply starts with 1 for success and 0 for failure, as VMware's RPC does.
func (c *Channel) answer(connection net.Conn) {
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
	request, err := io.ReadAll(io.LimitReader(connection, 4<<20))
	if err != nil {
		return
	}
	reply, ok := c.run(string(request))
	status := "0 "
	if ok {
		status = "1 "
	}
	_, _ = io.WriteString(connection, status+reply)
}

func (c *Channel) run(request string) (string, bool) {
	command, rest, _ := strings.Cut(request, " ")
	key, value, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(key, "guestinfo.") {
		return "Unknown command", false
	}
	switch command {
	case "info-get":
		value, ok := c.store.Get(strings.TrimRight(key, "\n"))
		if !ok {
			return "No value found", false
		}
		return value, true
	case "info-set":
		if err := c.store.Set(key, value); err != nil {
			return err.Error(), false
		}
		return "", true
	}
	return "Unknown command", false
}
