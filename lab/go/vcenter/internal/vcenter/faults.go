package vcenter

import (
	"fmt"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// faults is what was asked to go wrong in the API itself.
type faults struct {
	mu         sync.Mutex
	delay      time.Duration
	tasks      map[string]*plannedFault
	datastores map[string]bool
	// thin are datastores that give no other format.
	thin map[string]bool
	// denied are privileges that the account does not have.
	denied map[string]bool
}

type plannedFault struct {
	count   int
	message string
}

func newFaults() *faults {
	return &faults{tasks: map[string]*plannedFault{}, datastores: map[string]bool{}, thin: map[string]bool{}, denied: map[string]bool{}}
}

// slow makes every task take longer.
func (f *faults) slow(delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.delay = delay
}

func (f *faults) wait() {
	f.mu.Lock()
	delay := f.delay
	f.mu.Unlock()
	time.Sleep(delay)
}

// plan makes the next tasks of a kind fail.
func (f *faults) plan(kind string, count int, message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if message == "" {
		message = fmt.Sprintf("The %s task was made to fail.", kind)
	}
	f.tasks[kind] = &plannedFault{count, message}
}

// take is the fault for a task, if one is planned.
func (f *faults) take(kind string) types.BaseMethodFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	planned := f.tasks[kind]
	if planned == nil || planned.count <= 0 {
		return nil
	}
	planned.count--
	return &types.SystemError{RuntimeFault: types.RuntimeFault{MethodFault: because(planned.message)}, Reason: planned.message}
}

// refuse makes the API refuse to use a datastore, or use it again.
func (f *faults) refuse(datastore string, refused bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.datastores[datastore] = refused; !refused {
		delete(f.datastores, datastore)
	}
}

func (f *faults) datastore(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.datastores[name]
}

// giveThin makes a datastore give thin disks only, or what is asked for again.
func (f *faults) giveThin(datastore string, thin bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.thin[datastore] = thin
}

func (f *faults) isThin(datastore string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.thin[datastore]
}

// deny takes a privilege from the account, or gives it back.
func (f *faults) deny(privilege string, denied bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.denied[privilege] = denied
}

func (f *faults) isDenied(privilege string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.denied[privilege]
}
