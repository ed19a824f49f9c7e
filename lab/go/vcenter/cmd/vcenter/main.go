// Command vcenter is a lab's vCenter: it serves the vSphere API for the hosts, storage and networks of an inventory file,
// runs the virtual machines that clients make as containers, and makes things fail on request.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"groundwork/lab/vcenter/internal/inventory"
	"groundwork/lab/vcenter/internal/vcenter"
)

// endpoint is what the process says of itself, in endpoint.json of the state folder.
type endpoint struct {
	PID     int    `json:"pid"`
	Program string `json:"program"`
	Server  string `json:"server"`
	Control string `json:"control"`
}

// quiet is the log without a line that says nothing: the simulator's machines have no log file of their own here.
type quiet struct{ io.Writer }

func (q quiet) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(" open : no such file or directory")) {
		return len(line), nil
	}
	return q.Writer.Write(line)
}

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	log.SetOutput(quiet{os.Stderr})
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "vcenter: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	lab := flag.String("lab", "", "name of the lab, in the names and labels of its containers")
	state := flag.String("state", "", "folder to keep everything in")
	network := flag.String("network", "", "Docker network of the machines")
	path := flag.String("inventory", "", "file that says what the datacenter consists of")
	secrets := flag.String("credentials", "", "file with user, password and token, as JSON")
	flag.Parse()
	for _, value := range []*string{lab, state, network, path, secrets} {
		if *value == "" {
			return errors.New("a flag is missing; see vcenter -help")
		}
	}
	unlock, err := lock(*state)
	if err != nil {
		return err
	}
	defer unlock()
	options := vcenter.Options{Lab: *lab, State: *state, Network: *network}
	if options.Inventory, err = inventory.Read(*path); err != nil {
		return err
	}
	if err := readCredentials(*secrets, &options); err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	started := time.Now()
	center, err := vcenter.Start(ctx, options)
	if err != nil {
		return err
	}
	defer center.Close()
	file := filepath.Join(*state, "endpoint.json")
	before := readEndpoint(file)
	server, err := center.Serve(before.Server)
	if err != nil {
		return err
	}
	control, err := listen(before.Control)
	if err != nil {
		return err
	}
	go http.Serve(control, center.Control(stop))
	program, err := os.Executable()
	if err != nil {
		return err
	}
	now := endpoint{os.Getpid(), program, server.URL.Host, control.Addr().String()}
	if err := writeEndpoint(file, now); err != nil {
		return err
	}
	log.Printf("vCenter of lab %s serves on %s, its control on %s, after %s", *lab, now.Server, now.Control, time.Since(started).Round(time.Millisecond))
	<-ctx.Done()
	log.Printf("vCenter of lab %s stops; its machines run on", *lab)
	return nil
}

// lock keeps a second process from using the same state.
func lock(folder string) (func() error, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("%s: another vcenter uses it; stop that one first", folder)
	}
	return file.Close, nil
}

func readCredentials(path string, options *vcenter.Options) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var found struct{ User, Password, Token string }
	if err := json.Unmarshal(text, &found); err != nil || found.User == "" || found.Password == "" || found.Token == "" {
		return fmt.Errorf("%s: user, password or token is missing; give all three as JSON", path)
	}
	options.User, options.Password, options.Token = found.User, found.Password, found.Token
	return nil
}

// readEndpoint is where the process of before served, or any free port.
func readEndpoint(path string) endpoint {
	found := endpoint{}
	if text, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, &found)
	}
	if found.Server == "" || found.Control == "" {
		found.Server, found.Control = "127.0.0.1:0", "127.0.0.1:0"
	}
	return found
}

func writeEndpoint(path string, value endpoint) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return listener, nil
}
