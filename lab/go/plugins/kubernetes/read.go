package kubernetes

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"groundwork/lab/go/plugins/protocol"
)

// Read looks an object up: for a refresh, whose inputs then show what has drifted, or to import it.
func (p *Provider) Read(ctx context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	cluster, err := p.reach()
	switch {
	case err != nil && p.settings.deleteUnreachable:
		p.Host.Log(ctx, diag.Warning, request.URN, err.Error()+"; it is taken out of the state")
		return plugin.ReadResponse{}, nil
	case err != nil && p.settings.skipUnreachable:
		p.Host.Log(ctx, diag.Warning, request.URN, err.Error()+"; what is shown may be out of date")
		return plugin.ReadResponse{ReadResult: plugin.ReadResult{
			ID: request.ID, Inputs: request.Inputs, Outputs: request.State,
		}}, nil
	case err != nil:
		return plugin.ReadResponse{}, fmt.Errorf("%w%s", err, deleteHint)
	}
	last, err := lookedUp(request)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, done := p.Within(aboutResource(ctx, request.URN), 0)
	defer done()
	api, err := cluster.of(last)
	if meta.IsNoMatchError(err) {
		return plugin.ReadResponse{}, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	live, err := api.Get(ctx, last.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return plugin.ReadResponse{}, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, explain(last, err)
	}
	manager := fieldManager(request.State, live, p.settings.clientSideApply)
	if len(request.Inputs) == 0 {
		inputs := toValues(imported(live).Object)
		return plugin.ReadResponse{ReadResult: plugin.ReadResult{
			ID: identity(live), Inputs: inputs, Outputs: state(inputs, live, manager),
		}}, nil
	}
	inputs := drifted(request.Inputs, last, live)
	kept := state(inputs, live, manager)
	if err := p.unready(ctx, cluster, toObject(request.Inputs), live); err != nil {
		return plugin.ReadResponse{}, protocol.Partial(request.ID, kept, inputs, err)
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: request.ID, Inputs: inputs, Outputs: kept}}, nil
}

// lookedUp is the object to look up, as it was last seen: from the state, or from nothing but the type and the id.
func lookedUp(request plugin.ReadRequest) (*unstructured.Unstructured, error) {
	object := toObject(request.State)
	if object.GetKind() == "" {
		kind, err := kindOf(request.URN.Type())
		if err != nil {
			return nil, err
		}
		object.SetGroupVersionKind(kind)
	}
	if object.GetName() == "" {
		namespace, name := parseIdentity(request.ID)
		if name == "" {
			return nil, errors.New("id: is neither NAME nor NAMESPACE/NAME")
		}
		object.SetName(name)
		object.SetNamespace(namespace)
	}
	return object, nil
}

// imported is an object less what no one would write into a program.
func imported(live *unstructured.Unstructured) *unstructured.Unstructured {
	written := live.DeepCopy()
	delete(written.Object, "status")
	for _, field := range []string{
		"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "selfLink", "ownerReferences",
	} {
		unstructured.RemoveNestedField(written.Object, "metadata", field)
	}
	annotations := written.GetAnnotations()
	delete(annotations, "deployment.kubernetes.io/revision")
	delete(annotations, "kubectl.kubernetes.io/last-applied-configuration")
	written.SetAnnotations(annotations)
	if len(annotations) == 0 {
		unstructured.RemoveNestedField(written.Object, "metadata", "annotations")
	}
	return written
}
