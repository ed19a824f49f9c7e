package vcenter

import (
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// Collector is a property collector that several calls of one session may wait on at once, each from the version that it
// knows: the simulator's own hands an update to one of them alone, and fails when a filter goes while another call waits.
type Collector struct {
	*simulator.PropertyCollector
	changes *changes

	mu      sync.Mutex
	filters []*filter
	// pages are what was too much for one answer, by the version that asks for it.
	pages  map[string]*types.UpdateSet
	cancel chan struct{}
}

const (
	// gathering is how long changes that follow one another at once are waited for.
	gathering = 20 * time.Millisecond
	// mostObjects is how many objects vCenter tells of in one answer.
	mostObjects = 100
)

func newCollector(ref types.ManagedObjectReference, changes *changes) *Collector {
	p := &Collector{
		PropertyCollector: &simulator.PropertyCollector{},
		changes:           changes,
		pages:             map[string]*types.UpdateSet{},
		cancel:            make(chan struct{}),
	}
	p.Self = ref
	return p
}

// CreatePropertyCollector makes another one of the same session.
func (p *Collector) CreatePropertyCollector(ctx *simulator.Context, _ *types.CreatePropertyCollector) soap.HasFault {
	made := newCollector(types.ManagedObjectReference{Type: "PropertyCollector"}, p.changes)
	return &methods.CreatePropertyCollectorBody{
		Res: &types.CreatePropertyCollectorResponse{Returnval: ctx.Session.Put(made).Reference()},
	}
}

// DestroyPropertyCollector ends what waits on it.
func (p *Collector) DestroyPropertyCollector(ctx *simulator.Context, req *types.DestroyPropertyCollector) soap.HasFault {
	p.CancelWaitForUpdates(nil)
	p.mu.Lock()
	filters := p.filters
	p.filters = nil
	p.mu.Unlock()
	for _, f := range filters {
		ctx.Session.Remove(ctx, f.Self)
	}
	ctx.Session.Remove(ctx, req.This)
	return &methods.DestroyPropertyCollectorBody{Res: &types.DestroyPropertyCollectorResponse{}}
}

// CreateFilter makes a filter whose objects the next answer tells of.
func (p *Collector) CreateFilter(ctx *simulator.Context, req *types.CreateFilter) soap.HasFault {
	body := &methods.CreateFilterBody{}
	for _, set := range req.Spec.ObjectSet {
		if ctx.Session.Get(set.Obj) == nil {
			body.Fault_ = simulator.Fault("The object has already been deleted or has not been completely created",
				&types.ManagedObjectNotFound{Obj: set.Obj})
			return body
		}
	}
	made := newFilter(p, req)
	p.mu.Lock()
	defer p.mu.Unlock()
	body.Res = &types.CreateFilterResponse{Returnval: ctx.Session.Put(made).Reference()}
	p.filters = append(p.filters, made)
	p.changes.count(nil)
	return body
}

// CancelWaitForUpdates ends every call that waits.
func (p *Collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	p.mu.Lock()
	close(p.cancel)
	p.cancel = make(chan struct{})
	p.mu.Unlock()
	return &methods.CancelWaitForUpdatesBody{Res: &types.CancelWaitForUpdatesResponse{}}
}

// WaitForUpdates is the older name of the call.
func (p *Collector) WaitForUpdates(ctx *simulator.Context, req *types.WaitForUpdates) soap.HasFault {
	body := &methods.WaitForUpdatesBody{}
	answer := p.WaitForUpdatesEx(ctx, &types.WaitForUpdatesEx{This: req.This, Version: req.Version}).(*methods.WaitForUpdatesExBody)
	if body.Fault_ = answer.Fault_; body.Fault_ == nil {
		body.Res = &types.WaitForUpdatesResponse{Returnval: *answer.Res.Returnval}
	}
	return body
}

// WaitForUpdatesEx answers with what is new since a version; without a version, with all there is.
func (p *Collector) WaitForUpdatesEx(ctx *simulator.Context, req *types.WaitForUpdatesEx) soap.HasFault {
	body := &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{}}
	refuse := func(fault types.BaseMethodFault) soap.HasFault {
		return &methods.WaitForUpdatesExBody{Fault_: simulator.Fault("", fault)}
	}
	most := mostObjects
	var tooLate <-chan time.Time
	once := false
	if options := req.Options; options != nil {
		if options.MaxObjectUpdates > 0 {
			most = min(most, int(options.MaxObjectUpdates))
		}
		if seconds := options.MaxWaitSeconds; seconds != nil {
			once = *seconds == 0
			tooLate = time.After(time.Duration(*seconds) * time.Second)
		}
	}
	if set := p.nextPage(req.Version); set != nil {
		body.Res.Returnval = p.page(set, most)
		return body
	}
	since, err := strconv.ParseUint(req.Version, 10, 64)
	first := req.Version == ""
	if err != nil && !first {
		return refuse(&types.InvalidCollectorVersion{})
	}
	p.mu.Lock()
	cancelled := p.cancel
	p.mu.Unlock()
	for {
		_, next := p.changes.now()
		set, fault := p.updates(ctx, since, first)
		if fault != nil {
			return refuse(fault)
		}
		if first || len(set.FilterSet) > 0 {
			body.Res.Returnval = p.page(set, most)
			return body
		}
		if once {
			return body
		}
		select {
		case <-next:
			time.Sleep(gathering)
		case <-tooLate:
			return body
		case <-cancelled:
			return refuse(&types.RequestCanceled{})
		case <-ctx.Done():
			return refuse(&types.RequestCanceled{})
		}
	}
}

// updates is what every filter has to tell since a number, or, at first, all that it sees.
func (p *Collector) updates(ctx *simulator.Context, since uint64, first bool) (*types.UpdateSet, types.BaseMethodFault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, _ := p.changes.now()
	set := &types.UpdateSet{Version: strconv.FormatUint(now, 10)}
	for _, f := range p.filters {
		objects, fault := f.look(ctx, now)
		if fault != nil {
			return nil, fault
		}
		if told := f.tell(objects, since, first); len(told) > 0 {
			set.FilterSet = append(set.FilterSet, types.PropertyFilterUpdate{Filter: f.Self, ObjectSet: told})
		}
	}
	return set, nil
}

// page keeps back what is too much for one answer.
func (p *Collector) page(set *types.UpdateSet, most int) *types.UpdateSet {
	rest := &types.UpdateSet{Version: set.Version}
	var kept []types.PropertyFilterUpdate
	for _, update := range set.FilterSet {
		some := min(most, len(update.ObjectSet))
		most -= some
		if some > 0 {
			kept = append(kept, types.PropertyFilterUpdate{Filter: update.Filter, ObjectSet: update.ObjectSet[:some]})
		}
		if more := update.ObjectSet[some:]; len(more) > 0 {
			rest.FilterSet = append(rest.FilterSet, types.PropertyFilterUpdate{Filter: update.Filter, ObjectSet: more})
		}
	}
	if rest.FilterSet == nil {
		return set
	}
	told := &types.UpdateSet{Version: uuid.NewString(), FilterSet: kept, Truncated: types.NewBool(true)}
	p.mu.Lock()
	p.pages[told.Version] = rest
	p.mu.Unlock()
	return told
}

func (p *Collector) nextPage(version string) *types.UpdateSet {
	p.mu.Lock()
	defer p.mu.Unlock()
	set := p.pages[version]
	delete(p.pages, version)
	return set
}
