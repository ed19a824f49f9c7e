package vcenter

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"groundwork/lab/vcenter/internal/inventory"
)

// restore brings back what clients had made before this start: folders, resource pools, machines, rules.
func (c *Center) restore() error {
	folders, err := readObjects[mo.Folder](c, "Folder")
	if err != nil {
		return err
	}
	for _, folder := range inTree(folders, func(f mo.Folder) mo.ManagedEntity { return f.ManagedEntity }) {
		folder.ChildEntity = nil
		if parent := c.adopt(folder.Self, folder.Parent); parent != nil {
			c.registry.PutEntity(parent, &simulator.Folder{Folder: folder})
		}
	}
	pools, err := readObjects[mo.ResourcePool](c, "ResourcePool")
	if err != nil {
		return err
	}
	for _, pool := range inTree(pools, func(p mo.ResourcePool) mo.ManagedEntity { return p.ManagedEntity }) {
		pool.Vm, pool.ResourcePool = nil, nil
		if parent, ok := c.registry.Get(*pool.Parent).(*simulator.ResourcePool); ok {
			parent.ResourcePool.ResourcePool = append(parent.ResourcePool.ResourcePool, pool.Self)
			c.registry.PutEntity(parent, &simulator.ResourcePool{ResourcePool: pool})
		}
	}
	machines, err := readObjects[mo.VirtualMachine](c, "VirtualMachine")
	if err != nil {
		return err
	}
	for _, machine := range machines {
		if machine.Config.Template && slices.ContainsFunc(c.Inventory.Templates(), func(i inventory.Image) bool { return i.Name == machine.Name }) {
			continue // It was imported again, as the inventory says.
		}
		if err := c.restoreMachine(machine); err != nil {
			log.Printf("machine %s: is not brought back: %v", machine.Name, err)
		}
	}
	for _, entry := range c.Inventory.Datastores {
		c.setCapacity(c.datastoreNamed(entry.Name))
	}
	return c.restoreCluster()
}

// adopt enters a child into the folder it is in.
func (c *Center) adopt(child types.ManagedObjectReference, parent *types.ManagedObjectReference) mo.Entity {
	folder, ok := c.registry.Get(*parent).(*simulator.Folder)
	if !ok {
		log.Printf("%s: its folder %s is gone", child, parent)
		return nil
	}
	folder.ChildEntity = append(folder.ChildEntity, child)
	return folder
}

func (c *Center) restoreMachine(machine mo.VirtualMachine) error {
	host, ok := c.registry.Get(*machine.Runtime.Host).(*simulator.HostSystem)
	if !ok {
		return fmt.Errorf("its host %s is no longer of the inventory", machine.Runtime.Host)
	}
	var datastores []*simulator.Datastore
	for _, ref := range machine.Datastore {
		datastore, ok := c.registry.Get(ref).(*simulator.Datastore)
		if !ok {
			return fmt.Errorf("its datastore %s is no longer of the inventory", ref)
		}
		datastores = append(datastores, datastore)
	}
	parent := c.adopt(machine.Self, machine.Parent)
	if parent == nil {
		return fmt.Errorf("its folder is gone")
	}
	machine.RecentTask = nil
	vm := &simulator.VirtualMachine{VirtualMachine: machine, DataSets: map[string]*simulator.DataSet{}}
	c.keeper.finish(vm.Self)
	// These two are the same object in a machine that was not read from a file.
	vm.Summary.Vm = &vm.Self
	c.registry.PutEntity(parent, vm)
	host.Vm = append(host.Vm, vm.Self)
	for _, datastore := range datastores {
		datastore.Vm = append(datastore.Vm, vm.Self)
	}
	if vm.ResourcePool != nil {
		if pool, ok := c.registry.Get(*vm.ResourcePool).(*simulator.ResourcePool); ok {
			pool.Vm = append(pool.Vm, vm.Self)
		}
	}
	return nil
}

// restoreCluster brings back rules and groups, without what no longer exists.
func (c *Center) restoreCluster() error {
	clusters, err := readObjects[mo.ClusterComputeResource](c, "ClusterComputeResource")
	if err != nil || len(clusters) == 0 || clusters[0].Self != c.cluster.Self {
		return err
	}
	kept, ok := clusters[0].ConfigurationEx.(*types.ClusterConfigInfoEx)
	if !ok {
		return nil
	}
	c.cluster.ConfigurationEx = kept
	highest := int32(0)
	for _, rule := range kept.Rule {
		highest = max(highest, rule.GetClusterRuleInfo().Key)
	}
	return c.countRules(highest)
}

// countRules makes the simulator give new rules keys that none of the restored ones has.
func (c *Center) countRules(highest int32) error {
	for range highest {
		config := c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
		spec := &types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
			ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd},
			Info:            &types.ClusterAntiAffinityRuleSpec{ClusterRuleInfo: types.ClusterRuleInfo{Name: "\x00counting"}},
		}}}
		ctx := c.context()
		body := c.cluster.ReconfigureComputeResourceTask(ctx, &types.ReconfigureComputeResource_Task{This: c.cluster.Self, Spec: spec})
		_, fault := await(ctx, body, func() types.ManagedObjectReference {
			return body.(*methods.ReconfigureComputeResource_TaskBody).Res.Returnval
		})
		if fault != nil {
			return fmt.Errorf("the cluster's rules could not be counted: %T", fault)
		}
		config.Rule = config.Rule[:len(config.Rule)-1]
	}
	return nil
}

// readObjects reads every kept object of a type, in the order of their ids.
func readObjects[T any](c *Center, kind string) ([]T, error) {
	paths, err := filepath.Glob(filepath.Join(c.keeper.folder, kind, "*.json"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) })
	var objects []T
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		var object T
		err = types.NewJSONDecoder(file).Decode(&object)
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// inTree orders entities so that each comes after its parent.
func inTree[T any](entities []T, entity func(T) mo.ManagedEntity) []T {
	var ordered []T
	done := map[types.ManagedObjectReference]bool{}
	waiting := map[types.ManagedObjectReference]bool{}
	for _, e := range entities {
		waiting[entity(e).Self] = true
	}
	for progress := true; progress; {
		progress = false
		for _, e := range entities {
			self, parent := entity(e).Self, entity(e).Parent
			if done[self] || parent == nil || waiting[*parent] {
				continue
			}
			ordered = append(ordered, e)
			done[self], progress = true, true
			delete(waiting, self)
		}
	}
	return ordered
}
