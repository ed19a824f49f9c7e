package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// filter is what a client wants to know of some objects.
type filter struct {
	mo.PropertyFilter
	collector *Collector
	// entered and left are the numbers of the changes with which objects came into it and went.
	entered, left map[types.ManagedObjectReference]uint64
	// objects are as they were at a number, for all that ask before the next change.
	objects []types.ObjectContent
	at      uint64
}

func newFilter(p *Collector, req *types.CreateFilter) *filter {
	f := &filter{
		collector: p,
		entered:   map[types.ManagedObjectReference]uint64{},
		left:      map[types.ManagedObjectReference]uint64{},
	}
	f.Self.Type = "PropertyFilter"
	f.Spec, f.PartialUpdates = req.Spec, req.PartialUpdates
	return f
}

// Lock does nothing, and so does Unlock: the collector's own lock holds for its filters.
func (f *filter) Lock() {}

// Unlock does nothing.
func (f *filter) Unlock() {}

// DestroyPropertyFilter takes it out of its collector, whatever waits there.
func (f *filter) DestroyPropertyFilter(ctx *simulator.Context, _ *types.DestroyPropertyFilter) soap.HasFault {
	f.collector.mu.Lock()
	f.collector.filters = slices.DeleteFunc(f.collector.filters, func(other *filter) bool { return other == f })
	f.collector.mu.Unlock()
	ctx.Session.Remove(ctx, f.Self)
	return &methods.DestroyPropertyFilterBody{Res: &types.DestroyPropertyFilterResponse{}}
}

// look reads its objects, and notes which have come and which are gone.
func (f *filter) look(ctx *simulator.Context, now uint64) ([]types.ObjectContent, types.BaseMethodFault) {
	if f.at == now {
		return f.objects, nil
	}
	spec := f.Spec
	spec.ReportMissingObjectsInResults = types.NewBool(true)
	body := f.collector.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}}).(*methods.RetrievePropertiesExBody)
	if body.Fault_ != nil {
		fault, _ := body.Fault_.VimFault().(types.BaseMethodFault)
		return nil, fault
	}
	objects := body.Res.Returnval.Objects
	seen := map[types.ManagedObjectReference]bool{}
	for _, object := range objects {
		seen[object.Obj] = true
		if _, known := f.entered[object.Obj]; !known {
			f.entered[object.Obj] = now
			delete(f.left, object.Obj)
		}
	}
	for ref := range f.entered {
		if !seen[ref] {
			delete(f.entered, ref)
			f.left[ref] = now
		}
	}
	f.objects, f.at = objects, now
	return objects, nil
}

// tell says what of its objects is new since a number, or, at first, all of them.
func (f *filter) tell(objects []types.ObjectContent, since uint64, first bool) []types.ObjectUpdate {
	var told []types.ObjectUpdate
	for _, object := range objects {
		update := types.ObjectUpdate{Obj: object.Obj, Kind: types.ObjectUpdateKindModify}
		whole := first || f.entered[object.Obj] > since
		if whole {
			update.Kind = types.ObjectUpdateKindEnter
		}
		set := map[string]bool{}
		for _, property := range object.PropSet {
			set[property.Name] = true
			if whole || f.collector.changes.touched(object.Obj, property.Name, since) {
				update.ChangeSet = append(update.ChangeSet, types.PropertyChange{
					Op: types.PropertyChangeOpAssign, Name: property.Name, Val: property.Val,
				})
			}
		}
		for _, spec := range f.Spec.PropSet {
			for _, name := range spec.PathSet {
				if !whole && !set[name] && spec.Type == object.Obj.Type && f.collector.changes.touched(object.Obj, name, since) {
					update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Op: types.PropertyChangeOpRemove, Name: name})
				}
			}
		}
		if whole || len(update.ChangeSet) > 0 {
			told = append(told, update)
		}
	}
	for ref, number := range f.left {
		if !first && number > since {
			told = append(told, types.ObjectUpdate{Obj: ref, Kind: types.ObjectUpdateKindLeave})
		}
	}
	return told
}
