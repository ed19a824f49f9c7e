package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"groundwork/lab/go/plugins/protocol"
)

const deleteHint = "; if the cluster is gone for good, run this again with PULUMI_K8S_DELETE_UNREACHABLE=true"

// Delete removes an object and waits until it is gone. Of an object that only some fields were set of, it gives these up.
func (p *Provider) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	live := toObject(request.Outputs)
	cluster, err := p.reach()
	if err != nil && p.settings.deleteUnreachable {
		p.Host.Log(ctx, diag.Warning, request.URN, err.Error()+"; it is only taken out of the state")
		return plugin.DeleteResponse{}, nil
	}
	if err != nil {
		return plugin.DeleteResponse{}, fmt.Errorf("%w%s", err, deleteHint)
	}
	ctx, done := p.Within(aboutResource(ctx, request.URN), 0)
	defer done()
	api, err := cluster.of(live)
	if meta.IsNoMatchError(err) {
		return plugin.DeleteResponse{}, nil
	}
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if isPatch(request.URN.Type(), live) {
		return plugin.DeleteResponse{}, relinquish(ctx, cluster, live, fieldManager(request.Outputs, live, false))
	}
	uid := live.GetUID()
	options := metav1.DeleteOptions{PropagationPolicy: propagation(live)}
	if uid != "" {
		options.Preconditions = &metav1.Preconditions{UID: &uid}
	}
	err = api.Delete(ctx, live.GetName(), options)
	switch {
	case apierrors.IsNotFound(err) || apierrors.IsConflict(err):
		return plugin.DeleteResponse{}, nil
	case err != nil:
		return plugin.DeleteResponse{}, explain(live, err)
	case isTrue(live, skipAwait):
		return plugin.DeleteResponse{}, nil
	}
	last, err := gone(ctx, api, live, timeout(live, request.Timeout))
	if err == nil {
		return plugin.DeleteResponse{}, nil
	}
	inputs := resource.PropertyMap{}
	if kept := protocol.Plain(request.Outputs[keptInputs]); kept.IsObject() {
		inputs = kept.ObjectValue()
	}
	kept := state(inputs, last, fieldManager(request.Outputs, last, false))
	return plugin.DeleteResponse{}, protocol.Partial(request.ID, kept, inputs, err)
}

// relinquish gives up the fields that were set of an object that something else made.
func relinquish(ctx context.Context, cluster *cluster, live *unstructured.Unstructured, manager string) error {
	empty := &unstructured.Unstructured{}
	empty.SetGroupVersionKind(live.GroupVersionKind())
	empty.SetName(live.GetName())
	empty.SetNamespace(live.GetNamespace())
	if api, err := cluster.of(live); err != nil {
		return err
	} else if _, err := api.Get(ctx, live.GetName(), metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return nil
	}
	_, err := cluster.apply(ctx, change{object: empty, manager: manager})
	return err
}

// gone waits until an object is not there any more.
func gone(
	ctx context.Context, api dynamic.ResourceInterface, live *unstructured.Unstructured, within time.Duration,
) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		now, err := api.Get(ctx, live.GetName(), metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err) || err == nil && now.GetUID() != live.GetUID() && live.GetUID() != "":
			return nil, nil
		case err == nil:
			live = now
		}
		select {
		case <-ctx.Done():
			return live, fmt.Errorf("%s: is still there after %s; see what keeps it: finalizers %v: %w",
				describe(live), within, live.GetFinalizers(), errors.Join(context.Cause(ctx), err))
		case <-time.After(wait):
		}
	}
}
