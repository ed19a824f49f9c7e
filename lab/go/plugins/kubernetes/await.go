package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	firstPoll   = 100 * time.Millisecond
	longestPoll = time.Second
)

// readiness is what makes objects of a kind ready.
type readiness struct {
	// waits tells what is still waited for: nothing once the object is ready. An error means it never will be.
	waits func(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error)
	// watched says that a refresh looks at it too.
	watched bool
}

// awaited are the kinds that are not ready as soon as they are there.
var awaited = map[schema.GroupKind]readiness{
	{Group: "apps", Kind: "Deployment"}:                               {deploymentWaits, true},
	{Group: "apps", Kind: "DaemonSet"}:                                {daemonSetWaits, true},
	{Group: "apps", Kind: "StatefulSet"}:                              {statefulSetWaits, true},
	{Group: "batch", Kind: "Job"}:                                     {jobWaits, true},
	{Group: "networking.k8s.io", Kind: "Ingress"}:                     {ingressWaits, true},
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}: {conditionWaits("Established"), false},
	{Group: "apiregistration.k8s.io", Kind: "APIService"}:             {conditionWaits("Available"), false},
	{Kind: "Pod"}:                   {podWaits, true},
	{Kind: "Service"}:               {serviceWaits, true},
	{Kind: "Namespace"}:             {phaseWaits("Active"), false},
	{Kind: "PersistentVolume"}:      {phaseWaits("Available", "Bound"), false},
	{Kind: "PersistentVolumeClaim"}: {claimWaits, false},
	{Kind: "ReplicationController"}: {controllerWaits, false},
}

// conditionOf is what an object is awaited by: its own annotation, or else what its kind says. Nothing if it is not.
func conditionOf(object *unstructured.Unstructured) (readiness, error) {
	if expression := object.GetAnnotations()[waitFor]; expression != "" {
		return parseWaitFor(expression)
	}
	if isTrue(object, skipAwait) {
		return readiness{}, nil
	}
	return awaited[object.GroupVersionKind().GroupKind()], nil
}

// await waits until an object is ready, and tells how it is by then.
func (p *Provider) await(
	ctx context.Context, urn resource.URN, inputs, live *unstructured.Unstructured, seconds float64,
) (*unstructured.Unstructured, error) {
	condition, err := conditionOf(inputs)
	if err != nil || condition.waits == nil {
		return live, err
	}
	within := timeout(inputs, seconds)
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	api, err := p.cluster.of(live)
	if err != nil {
		return live, err
	}
	said := ""
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		waiting, err := condition.waits(ctx, p.cluster, live)
		if err != nil && ctx.Err() == nil {
			return live, fmt.Errorf("%s: %w", describe(live), err)
		}
		if err == nil && waiting == "" {
			p.Host.Status(ctx, urn, "")
			return live, nil
		}
		if waiting != "" && waiting != said {
			said = waiting
			p.Host.Status(ctx, urn, said)
		}
		select {
		case <-ctx.Done():
			return live, notReady(ctx, live, said, within)
		case <-time.After(wait):
		}
		if now, err := api.Get(ctx, live.GetName(), metav1.GetOptions{}); err == nil {
			live = now
		}
	}
}

func notReady(ctx context.Context, live *unstructured.Unstructured, waiting string, within time.Duration) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("%s: is there, but waiting for it was interrupted: %s", describe(live), waiting)
	}
	return fmt.Errorf("%s: is there, but was not ready after %s: %s", describe(live), within, waiting)
}

// unready is why an object is not ready at this moment, for the kinds that a refresh looks at.
func (p *Provider) unready(ctx context.Context, cluster *cluster, inputs, live *unstructured.Unstructured) error {
	condition, err := conditionOf(inputs)
	if err != nil || condition.waits == nil || !condition.watched {
		return err
	}
	waiting, err := condition.waits(ctx, cluster, live)
	if err == nil && waiting != "" {
		err = fmt.Errorf("%s: is there, but not ready: %s", describe(live), waiting)
	}
	return err
}
