package kubernetes

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// number is a whole number of an object; one that is not there is another.
func number(object *unstructured.Unstructured, otherwise int64, path ...string) int64 {
	value, found, err := unstructured.NestedInt64(object.Object, path...)
	if !found || err != nil {
		return otherwise
	}
	return value
}

func text(object *unstructured.Unstructured, path ...string) string {
	value, _, _ := unstructured.NestedString(object.Object, path...)
	return value
}

// observed is whether the controller has seen the object as it is by now.
func observed(object *unstructured.Unstructured) bool {
	return number(object, 0, "status", "observedGeneration") >= object.GetGeneration()
}

func deploymentWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	if paused, _, _ := unstructured.NestedBool(live.Object, "spec", "paused"); paused {
		return "", nil
	}
	wanted := number(live, 1, "spec", "replicas")
	updated, available := number(live, 0, "status", "updatedReplicas"), number(live, 0, "status", "availableReplicas")
	all := number(live, 0, "status", "replicas")
	switch {
	case !observed(live):
		return "the controller has not seen it yet", nil
	case updated < wanted:
		return fmt.Sprintf("%d of %d pods are made%s", updated, wanted, podProblems(ctx, cluster, live)), nil
	case all > updated:
		return fmt.Sprintf("%d old pods are still there", all-updated), nil
	case available < wanted:
		return fmt.Sprintf("%d of %d pods are available%s", available, wanted, podProblems(ctx, cluster, live)), nil
	default:
		return "", nil
	}
}

func daemonSetWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	wanted := number(live, 0, "status", "desiredNumberScheduled")
	updated := number(live, 0, "status", "updatedNumberScheduled")
	available := number(live, 0, "status", "numberAvailable")
	onDelete := text(live, "spec", "updateStrategy", "type") == "OnDelete"
	switch {
	case !observed(live):
		return "the controller has not seen it yet", nil
	case updated < wanted && !onDelete:
		return fmt.Sprintf("%d of %d nodes have the new pod%s", updated, wanted, podProblems(ctx, cluster, live)), nil
	case available < wanted:
		return fmt.Sprintf("%d of %d pods are available%s", available, wanted, podProblems(ctx, cluster, live)), nil
	default:
		return "", nil
	}
}

func statefulSetWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	wanted := number(live, 1, "spec", "replicas")
	ready, updated := number(live, 0, "status", "readyReplicas"), number(live, 0, "status", "updatedReplicas")
	rolling := text(live, "spec", "updateStrategy", "type") != "OnDelete"
	fixed := number(live, 0, "spec", "updateStrategy", "rollingUpdate", "partition")
	switch {
	case !observed(live):
		return "the controller has not seen it yet", nil
	case ready < wanted:
		return fmt.Sprintf("%d of %d pods are ready%s", ready, wanted, podProblems(ctx, cluster, live)), nil
	case rolling && updated < wanted-fixed:
		return fmt.Sprintf("%d of %d pods are updated%s", updated, wanted-fixed, podProblems(ctx, cluster, live)), nil
	default:
		return "", nil
	}
}

func controllerWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	wanted, available := number(live, 1, "spec", "replicas"), number(live, 0, "status", "availableReplicas")
	if !observed(live) || available < wanted {
		return fmt.Sprintf("%d of %d pods are available%s", available, wanted, podProblems(ctx, cluster, live)), nil
	}
	return "", nil
}

func jobWaits(ctx context.Context, cluster *cluster, live *unstructured.Unstructured) (string, error) {
	if failed, reason := condition(live, "Failed"); failed == "True" {
		return "", fmt.Errorf("the job failed: %s", reason)
	}
	if complete, _ := condition(live, "Complete"); complete == "True" {
		return "", nil
	}
	if suspended, _, _ := unstructured.NestedBool(live.Object, "spec", "suspend"); suspended {
		return "", nil
	}
	return "the job is not complete" + podProblems(ctx, cluster, live), nil
}

func podWaits(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	phase := text(live, "status", "phase")
	if ready, _ := condition(live, "Ready"); ready == "True" || phase == "Succeeded" {
		return "", nil
	}
	if phase == "Failed" {
		return "", fmt.Errorf("the pod failed: %s %s", text(live, "status", "reason"), text(live, "status", "message"))
	}
	if problem := podProblem(live); problem != "" {
		return "the pod is " + phase + ": " + problem, nil
	}
	return "the pod is " + phase, nil
}

// condition is the status of one of an object's conditions, and its message.
func condition(object *unstructured.Unstructured, kind string) (status, message string) {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, item := range conditions {
		one, isMap := item.(map[string]any)
		if isMap && one["type"] == kind {
			status, _ = one["status"].(string)
			reason, _ := one["reason"].(string)
			message, _ = one["message"].(string)
			return status, reason + ": " + message
		}
	}
	return "", ""
}
