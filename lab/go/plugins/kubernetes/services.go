package kubernetes

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var sliceResource = schema.GroupVersionResource{
	Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices",
}

func serviceWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	kind := text(live, "spec", "type")
	if kind == "ExternalName" {
		return "", nil
	}
	if kind == "LoadBalancer" {
		if addresses, _, _ := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress"); len(addresses) == 0 {
			return "the load balancer has no address", nil
		}
	}
	selector, _, _ := unstructured.NestedMap(live.Object, "spec", "selector")
	if len(selector) == 0 {
		return "", nil
	}
	slices, err := cluster.objects.Resource(sliceResource).Namespace(live.GetNamespace()).List(ctx,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + live.GetName()})
	if err != nil {
		return "", err
	}
	for _, slice := range slices.Items {
		if hasReady(slice) {
			return "", nil
		}
	}
	return "no pod that it selects is ready", nil
}

func hasReady(slice unstructured.Unstructured) bool {
	endpoints, _, _ := unstructured.NestedSlice(slice.Object, "endpoints")
	return slices.ContainsFunc(endpoints, func(item any) bool {
		endpoint, isMap := item.(map[string]any)
		if !isMap {
			return false
		}
		ready, found, _ := unstructured.NestedBool(endpoint, "conditions", "ready")
		return ready || !found
	})
}

func ingressWaits(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	if addresses, _, _ := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress"); len(addresses) == 0 {
		return "it has no address", nil
	}
	return "", nil
}

// conditionWaits waits until one of an object's conditions is true.
func conditionWaits(kind string) func(context.Context, *cluster, *unstructured.Unstructured) (string, error) {
	return func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
		if status, message := condition(live, kind); status != "True" {
			return fmt.Sprintf("it is not %s (%s)", kind, message), nil
		}
		return "", nil
	}
}

// phaseWaits waits until an object is in one of these phases.
func phaseWaits(phases ...string) func(context.Context, *cluster, *unstructured.Unstructured) (string, error) {
	return func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
		if phase := text(live, "status", "phase"); !slices.Contains(phases, phase) {
			return fmt.Sprintf("its phase is %q", phase), nil
		}
		return "", nil
	}
}

var storageClassResource = schema.GroupVersionResource{
	Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses",
}

// claimWaits waits until a claim is bound, unless it is to be bound only when a pod uses it.
func claimWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	phase := text(live, "status", "phase")
	if phase == "Bound" {
		return "", nil
	}
	if name := text(live, "spec", "storageClassName"); name != "" {
		class, err := cluster.objects.Resource(storageClassResource).Get(ctx, name, metav1.GetOptions{})
		if err == nil && text(class, "volumeBindingMode") == "WaitForFirstConsumer" && phase == "Pending" {
			return "", nil
		}
	}
	return fmt.Sprintf("the claim is %s", phase), nil
}
