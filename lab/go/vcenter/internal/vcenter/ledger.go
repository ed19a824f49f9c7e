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
}

func openLedger(path string) (*ledger, error) {
	l := &ledger{path: path, DownHosts: map[string][]string{}}
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
