package vcenter

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// What the simulator leaves out and a client of a real vCenter finds there.

const hardwareVersion = "vmx-13"

// useHardwareVersion13 makes every host offer the hardware version that the simulator's machines have. With a newer one
// on offer, clients try to upgrade machines at every update, and fail.
func (c *Center) useHardwareVersion13() {
	for _, object := range c.registry.AllReference("EnvironmentBrowser") {
		browser := object.(*simulator.EnvironmentBrowser)
		var kept []types.VirtualMachineConfigOptionDescriptor
		for _, option := range browser.QueryConfigOptionDescriptorResponse.Returnval {
			option.DefaultConfigOption = option.Key == hardwareVersion
			if version, err := strconv.Atoi(strings.TrimPrefix(option.Key, "vmx-")); err == nil && version <= 13 {
				kept = append(kept, option)
			}
		}
		browser.QueryConfigOptionDescriptorResponse.Returnval = kept
	}
}

// EnvironmentBrowser says what machines a host can run.
type EnvironmentBrowser struct{ *simulator.EnvironmentBrowser }

// QueryConfigOption names the hardware version that the answer is about.
func (b *EnvironmentBrowser) QueryConfigOption(req *types.QueryConfigOption) soap.HasFault {
	body := b.EnvironmentBrowser.QueryConfigOption(req)
	body.(*methods.QueryConfigOptionBody).Res.Returnval.HardwareOptions.HwVersion = 13
	return body
}

// QueryConfigOptionEx does so too.
func (b *EnvironmentBrowser) QueryConfigOptionEx(req *types.QueryConfigOptionEx) soap.HasFault {
	body := b.EnvironmentBrowser.QueryConfigOptionEx(req)
	body.(*methods.QueryConfigOptionExBody).Res.Returnval.HardwareOptions.HwVersion = 13
	return body
}

// computeResource is the cluster under the type that it is derived from.
type computeResource struct{ mo.ComputeResource }

// nameClusterByBaseType lets clients ask for the cluster as a ComputeResource, its base type: a real vCenter looks at the
// id alone.
func (c *Center) nameClusterByBaseType() {
	alias := &computeResource{c.cluster.ComputeResource}
	alias.Self.Type = "ComputeResource"
	c.registry.Put(alias)
}

// setDefaults gives a new machine what a real one always has.
func setDefaults(vm *simulator.VirtualMachine) {
	if vm.Config != nil && vm.Config.SwapPlacement == "" {
		vm.Config.SwapPlacement = string(types.VirtualMachineConfigInfoSwapPlacementTypeInherit)
	}
}

// forget takes a destroyed machine out of the cluster's rules and groups.
func (c *Center) forget(ref types.ManagedObjectReference) {
	without := func(list []types.ManagedObjectReference) []types.ManagedObjectReference {
		var kept []types.ManagedObjectReference
		for _, other := range list {
			if other != ref {
				kept = append(kept, other)
			}
		}
		return kept
	}
	ctx := c.context()
	ctx.WithLock(c.cluster, func() {
		config := c.cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
		for _, rule := range config.Rule {
			switch rule := rule.(type) {
			case *types.ClusterAntiAffinityRuleSpec:
				rule.Vm = without(rule.Vm)
			case *types.ClusterAffinityRuleSpec:
				rule.Vm = without(rule.Vm)
			}
		}
		for _, group := range config.Group {
			if group, ok := group.(*types.ClusterVmGroup); ok {
				group.Vm = without(group.Vm)
			}
		}
	})
}

// mendAnswers corrects answers on their way out: tag categories name types without urn:vim25, and a failed task's
// message says what its fault says instead of naming a Go type.
func (c *Center) mendAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/tagging"):
			answer := &heldAnswer{ResponseWriter: w}
			next.ServeHTTP(answer, r)
			answer.release(func(body []byte) []byte { return bytes.ReplaceAll(body, []byte("urn:vim25:"), nil) })
		case r.URL.Path == "/sdk":
			answer := &heldAnswer{ResponseWriter: w}
			next.ServeHTTP(answer, r)
			answer.release(func(body []byte) []byte { return mendMessages(c.hide(body)) })
		case r.URL.Path == "/pbm" && c.denyPolicies(w, r):
		default:
			next.ServeHTTP(w, r)
		}
	})
}

var (
	causedMessage = regexp.MustCompile(`(<localizedMessage>([^<]+)</localizedMessage></faultCause>(?:[^<]|<[^l]|<l[^o])*?<localizedMessage>)\*types\.\w+(</localizedMessage>)`)
	faultMessage  = regexp.MustCompile(`(?s)<faultstring></faultstring>(.*?<localizedMessage>([^<]+)</localizedMessage></faultCause>)`)
	typeMessage   = regexp.MustCompile(`<localizedMessage>\*types\.(\w+)</localizedMessage>`)
)

const loginFailure = "Cannot complete login due to an incorrect user name or password."

var messages = map[string]string{
	"InvalidState":      "The operation is not allowed in the current state.",
	"InvalidPowerState": "The attempted operation cannot be performed in the current state.",
	"DuplicateName":     "The name already exists.",
	"InvalidArgument":   "A specified parameter was not correct.",
	"HostNotConnected":  "Unable to communicate with the remote host, since it is disconnected.",
	"NotFound":          "The object or item referred to could not be found.",
	"NotSupported":      "The operation is not supported on the object.",
	"ResourceInUse":     "The resource is in use.",
}

func mendMessages(body []byte) []byte {
	body = bytes.Replace(body, []byte("<faultstring>Login failure<"), []byte("<faultstring>"+loginFailure+"<"), 1)
	body = faultMessage.ReplaceAll(body, []byte("<faultstring>$2</faultstring>$1"))
	if !bytes.Contains(body, []byte("<localizedMessage>*types.")) {
		return body
	}
	body = causedMessage.ReplaceAll(body, []byte("$1$2$3"))
	return typeMessage.ReplaceAllFunc(body, func(match []byte) []byte {
		text, ok := messages[string(typeMessage.FindSubmatch(match)[1])]
		if !ok {
			return match
		}
		return []byte("<localizedMessage>" + text + "</localizedMessage>")
	})
}

// heldAnswer keeps an answer back until it has been corrected.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) WriteHeader(status int) { a.status = status }

func (a *heldAnswer) Write(data []byte) (int, error) { return a.body.Write(data) }

func (a *heldAnswer) release(mend func([]byte) []byte) {
	body := mend(a.body.Bytes())
	if a.Header().Get("Content-Length") != "" {
		a.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(a.status)
	}
	_, _ = a.ResponseWriter.Write(body)
}
