package vcenter

import (
	"slices"
	"sync"
)

// ledger remembers across starts what was made to fail, so that it stays failed until it is mended.
type ledger struct {
	mu   sync.Mutex
	path string
	// FailedDevices are canonical ids.
	FailedDevices []string `json:"failedDevices"`
	// DownHosts are the hosts that are down, with the machines that ran on each.
	DownHosts map[string][]string `json:"downHosts"`
	// RemovedHosts are those that a client took out of the inventory.
	RemovedHosts []string `json:"removedHosts,omitempty"`
	// Replaced counts how often another host or datastore has come in the place of one, by kind and name.
	Replaced map[string]int `json:"replaced,omitempty"`
}

func openLedger(path string) (*ledger, error) {
	l := &ledger{path: path, DownHosts: map[string][]string{}, Replaced: map[string]int{}}
	return l, readJSON(path, l)
}

func (l *ledger) failed(device string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.FailedDevices, device)
}

func (l *ledger) down(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, down := l.DownHosts[host]
	return down
}

// setFailed notes that a device has failed, or works again.
func (l *ledger) setFailed(device string, failed bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.FailedDevices = slices.DeleteFunc(l.FailedDevices, func(id string) bool { return id == device })
	if failed {
		l.FailedDevices = append(l.FailedDevices, device)
	}
	return writeJSON(l.path, l)
}

// setDown notes that a host is down, and the machines to power on when it is back.
func (l *ledger) setDown(host string, machines []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.DownHosts[host] = machines
	return writeJSON(l.path, l)
}

// setUp notes that a host is back and returns the machines that ran on it.
func (l *ledger) setUp(host string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	machines := l.DownHosts[host]
	delete(l.DownHosts, host)
	return machines, writeJSON(l.path, l)
}

// removed are the hosts that are not in the inventory.
func (l *ledger) removed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.RemovedHosts)
}

// setRemoved notes that a host was taken out; nothing comes back with it.
func (l *ledger) setRemoved(host string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.DownHosts, host)
	if !slices.Contains(l.RemovedHosts, host) {
		l.RemovedHosts = append(l.RemovedHosts, host)
	}
	return writeJSON(l.path, l)
}

// setReplaced notes that another host of the name is there.
func (l *ledger) setReplaced(host string) error {
	l.mu.Lock()
	l.RemovedHosts = slices.DeleteFunc(l.RemovedHosts, func(name string) bool { return name == host })
	l.mu.Unlock()
	return l.count("host/" + host)
}

// count notes that something is there in the place of what had its name before.
func (l *ledger) count(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Replaced[key]++
	return writeJSON(l.path, l)
}

func (l *ledger) counted(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Replaced[key]
}
