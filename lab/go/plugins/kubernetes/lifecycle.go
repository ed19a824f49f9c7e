package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"groundwork/lab/go/plugins/protocol"
)

// Create makes an object and waits until it is ready.
func (p *Provider) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	object := toObject(request.Properties)
	patch := isPatch(request.URN.Type(), object)
	if request.Preview && (patch || !p.canAsk(ctx, request.URN, request.Properties)) {
		return plugin.CreateResponse{Properties: request.Properties}, nil
	}
	cluster, err := p.reach()
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	ctx, done := p.Within(aboutResource(ctx, request.URN), 0)
	defer done()
	wanted := change{
		object: object.DeepCopy(), manager: fieldManager(nil, object, p.settings.clientSideApply),
		force: request.Preview || p.settings.patchForce || isTrue(object, patchForce), dry: request.Preview,
	}
	var live *unstructured.Unstructured
	if p.settings.clientSideApply && !patch {
		live, err = cluster.post(ctx, wanted)
	} else {
		live, err = cluster.create(ctx, wanted, patch || request.Preview || p.settings.upsert)
	}
	if request.Preview {
		return previewed(request.Properties, live, wanted, err)
	}
	if err != nil {
		return plugin.CreateResponse{}, explain(object, err)
	}
	ready, err := p.await(ctx, request.URN, object, live, request.Timeout)
	kept := state(request.Properties, ready, wanted.manager)
	if err != nil {
		return plugin.CreateResponse{}, protocol.Partial(identity(ready), kept, request.Properties, err)
	}
	return plugin.CreateResponse{ID: identity(ready), Properties: kept}, nil
}

// previewed is what a dry run tells; where it cannot tell, it is what is asked for.
func previewed(
	inputs resource.PropertyMap, live *unstructured.Unstructured, wanted change, err error,
) (plugin.CreateResponse, error) {
	switch {
	case err == nil:
		unstructured.RemoveNestedField(live.Object, "status")
		return plugin.CreateResponse{Properties: state(inputs, live, wanted.manager)}, nil
	case cannotTell(err):
		return plugin.CreateResponse{Properties: inputs}, nil
	default:
		return plugin.CreateResponse{}, explain(wanted.object, err)
	}
}

// cannotTell is whether a dry run failed for a reason that need not be there when the change is made.
func cannotTell(err error) bool {
	return apierrors.IsNotFound(err) || meta.IsNoMatchError(err) || apierrors.IsForbidden(err) ||
		apierrors.IsAlreadyExists(err) || isImmutable(err)
}

// canAsk is whether a preview can ask the cluster about inputs.
func (p *Provider) canAsk(ctx context.Context, urn resource.URN, inputs resource.PropertyMap) bool {
	if p.unreachable != nil {
		p.warnUnreachable(ctx, urn)
		return false
	}
	return p.cluster != nil && !p.settings.clientSideApply && !inputs.ContainsUnknowns()
}

// Update changes an object in place and waits until it is ready.
func (p *Provider) Update(ctx context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	object := toObject(request.NewInputs)
	if request.Preview && !p.canAsk(ctx, request.URN, request.NewInputs) {
		return plugin.UpdateResponse{Properties: request.NewInputs}, nil
	}
	cluster, err := p.reach()
	if err != nil {
		if p.settings.skipUnreachable {
			p.Host.Log(ctx, diag.Warning, request.URN, err.Error()+"; skipped")
			return plugin.UpdateResponse{Properties: request.OldOutputs}, nil
		}
		return plugin.UpdateResponse{}, err
	}
	ctx, done := p.Within(aboutResource(ctx, request.URN), 0)
	defer done()
	wanted := change{
		object: object.DeepCopy(), manager: fieldManager(request.OldOutputs, object, p.settings.clientSideApply),
		force: p.settings.patchForce || isTrue(object, patchForce), dry: request.Preview,
	}
	var live *unstructured.Unstructured
	if p.settings.clientSideApply {
		live, err = cluster.merge(ctx, wanted, toObject(request.OldInputs))
	} else {
		live, err = cluster.apply(ctx, wanted)
	}
	if request.Preview {
		told, err := previewed(request.NewInputs, live, wanted, err)
		return plugin.UpdateResponse{Properties: told.Properties}, err
	}
	if err != nil {
		return plugin.UpdateResponse{}, explain(object, err)
	}
	ready, err := p.await(ctx, request.URN, object, live, request.Timeout)
	kept := state(request.NewInputs, ready, wanted.manager)
	if err != nil {
		return plugin.UpdateResponse{}, protocol.Partial(identity(ready), kept, request.NewInputs, err)
	}
	return plugin.UpdateResponse{Properties: kept}, nil
}

// isImmutable is whether an update failed because the API does not let a field change.
func isImmutable(err error) bool {
	if !apierrors.IsInvalid(err) {
		return false
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return false
	}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == "FieldValueInvalid" && strings.Contains(cause.Message, "immutable") {
			return true
		}
	}
	return false
}

// explain adds to an error of the API what it is about and what mends it.
func explain(object *unstructured.Unstructured, err error) error {
	switch {
	case errors.Is(err, errExists):
		return err
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%s: the cluster serves no %s of %s; see that what defines it was made before: %w",
			describe(object), object.GetKind(), object.GetAPIVersion(), err)
	default:
		return fmt.Errorf("%s: %w", describe(object), err)
	}
}
