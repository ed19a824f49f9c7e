package vcenter

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/vpx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// AuthorizationManager says which privileges the account has: all but those that were taken from it.
type AuthorizationManager struct {
	*simulator.AuthorizationManager
	center *Center
}

// HasPrivilegeOnEntities answers for every object alike.
func (a *AuthorizationManager) HasPrivilegeOnEntities(req *types.HasPrivilegeOnEntities) soap.HasFault {
	body := a.AuthorizationManager.HasPrivilegeOnEntities(req)
	for _, entity := range body.(*methods.HasPrivilegeOnEntitiesBody).Res.Returnval {
		for n := range entity.PrivAvailability {
			entity.PrivAvailability[n].IsGranted = !a.center.faults.isDenied(entity.PrivAvailability[n].PrivId)
		}
	}
	return body
}

// lacks is the fault of a client's call for which its account has not every privilege. Our own calls need none.
func (c *Center) lacks(ctx *simulator.Context, method *simulator.Method) types.BaseMethodFault {
	if ctx.Session == nil || ctx.Session.UserName == "" {
		return nil
	}
	for _, privilege := range c.privilegesOf(method) {
		if c.faults.isDenied(privilege) {
			return noPermission(method.This, privilege)
		}
	}
	return nil
}

func noPermission(object types.ManagedObjectReference, privilege string) *types.NoPermission {
	message := fmt.Sprintf("Permission to perform this operation was denied. It takes the privilege %s on %s.", privilege, object.Value)
	fault := &types.NoPermission{Object: &object, PrivilegeId: privilege}
	fault.MethodFault = because(message)
	return fault
}

// plainPrivileges are what methods take whatever they are called with, as the API's reference lists them.
var plainPrivileges = map[string][]string{
	"PowerOnVM_Task":      {"VirtualMachine.Interact.PowerOn"},
	"PowerOnMultiVM_Task": {"VirtualMachine.Interact.PowerOn"},
	"PowerOffVM_Task":     {"VirtualMachine.Interact.PowerOff"},
	"ShutdownGuest":       {"VirtualMachine.Interact.PowerOff"},
	"ResetVM_Task":        {"VirtualMachine.Interact.Reset"},
	"UnregisterVM":        {"VirtualMachine.Inventory.Unregister"},
	"CloneVM_Task": {
		"VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool", "Datastore.AllocateSpace", "Network.Assign",
	},
	"ReconfigureComputeResource_Task": {"Host.Inventory.EditCluster"},
}

func (c *Center) privilegesOf(method *simulator.Method) []string {
	list := plainPrivileges[method.Name]
	vm := c.machine(method.This)
	switch body := method.Body.(type) {
	case *types.Destroy_Task:
		if vm != nil {
			return []string{"VirtualMachine.Inventory.Delete"}
		}
		if method.This.Type == "HostSystem" {
			return []string{"Host.Inventory.RemoveHostFromCluster"}
		}
	case *types.CloneVM_Task:
		if vm != nil && vm.Config.Template {
			return append(list[:len(list):len(list)], "VirtualMachine.Provisioning.DeployTemplate")
		}
		return append(list[:len(list):len(list)], "VirtualMachine.Provisioning.Clone")
	case *types.RelocateVM_Task:
		if vm != nil && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			return []string{"Resource.HotMigrate"}
		}
		return []string{"Resource.ColdMigrate"}
	case *types.ReconfigVM_Task:
		return reconfiguring(body.Spec)
	}
	return list
}

// reconfiguring is what a change of a machine's settings takes.
func reconfiguring(spec types.VirtualMachineConfigSpec) []string {
	const config = "VirtualMachine.Config."
	var list []string
	takes := func(privilege string, needed bool) {
		if needed {
			list = append(list, config+privilege)
		}
	}
	takes("AdvancedConfig", len(spec.ExtraConfig) > 0)
	takes("Annotation", spec.Annotation != "")
	takes("CPUCount", spec.NumCPUs != 0)
	takes("Memory", spec.MemoryMB != 0)
	takes("Rename", spec.Name != "")
	takes("Resource", spec.CpuAllocation != nil || spec.MemoryAllocation != nil)
	takes("Settings", spec.Flags != nil || spec.Tools != nil || spec.BootOptions != nil || spec.GuestId != "")
	takes("SwapPlacement", spec.SwapPlacement != "")
	for _, change := range spec.DeviceChange {
		change := change.GetVirtualDeviceConfigSpec()
		_, disk := change.Device.(*types.VirtualDisk)
		switch change.Operation {
		case types.VirtualDeviceConfigSpecOperationAdd:
			takes("AddNewDisk", disk)
			takes("AddRemoveDevice", !disk)
		case types.VirtualDeviceConfigSpecOperationRemove:
			takes("RemoveDisk", disk)
			takes("AddRemoveDevice", !disk)
		case types.VirtualDeviceConfigSpecOperationEdit:
			takes("DiskExtend", disk)
			takes("EditDevice", !disk)
		}
	}
	return list
}

// denyPolicies answers for the API of storage policies, which knows of no privilege, if the account may not read them.
func (c *Center) denyPolicies(w http.ResponseWriter, r *http.Request) bool {
	const privilege = "StorageProfile.View"
	if !c.faults.isDenied(privilege) {
		return false
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || !bytes.Contains(body, []byte("PbmQuery")) {
		return false
	}
	fault := noPermission(vpx.ServiceContent.RootFolder, privilege)
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>`+
		`<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring><detail>`+
		`<NoPermissionFault xmlns="urn:vim25" xsi:type="NoPermission"><object type="Folder">%s</object><privilegeId>%s</privilegeId></NoPermissionFault>`+
		`</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`,
		fault.FaultCause.LocalizedMessage, fault.Object.Value, privilege)
	return true
}
