package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// mostProblems is how many pods' problems one message tells.
const mostProblems = 3

var podResource = schema.GroupVersionResource{Version: "v1", Resource: "pods"}

// podProblems are the reasons why a workload's pods are not ready, to put behind a sentence.
func podProblems(ctx context.Context, cluster *cluster, workload *unstructured.Unstructured) string {
	pods, err := podsOf(ctx, cluster, workload)
	if err != nil {
		return ""
	}
	var problems []string
	for _, pod := range pods {
		if problem := podProblem(&pod); problem != "" {
			problems = append(problems, pod.GetName()+": "+problem)
		}
	}
	slices.Sort(problems)
	if len(problems) > mostProblems {
		problems = append(problems[:mostProblems], fmt.Sprintf("and %d more", len(problems)-mostProblems))
	}
	if len(problems) == 0 {
		return ""
	}
	return " (" + strings.Join(problems, "; ") + ")"
}

func podsOf(
	ctx context.Context, cluster *cluster, workload *unstructured.Unstructured,
) ([]unstructured.Unstructured, error) {
	selector, _, err := unstructured.NestedMap(workload.Object, "spec", "selector")
	if err != nil || selector == nil {
		return nil, err
	}
	var written metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(selector, &written); err != nil {
		return nil, err
	}
	matching, err := metav1.LabelSelectorAsSelector(&written)
	if err != nil || matching.Empty() {
		matching = labels.Nothing()
	}
	list, err := cluster.objects.Resource(podResource).Namespace(workload.GetNamespace()).List(ctx,
		metav1.ListOptions{LabelSelector: matching.String()})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// podProblem is what keeps a pod from being ready, as far as it tells.
func podProblem(pod *unstructured.Unstructured) string {
	if scheduled, message := condition(pod, "PodScheduled"); scheduled == "False" {
		return message
	}
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", list)
		for _, item := range statuses {
			status, isMap := item.(map[string]any)
			if !isMap {
				continue
			}
			name, _ := status["name"].(string)
			waiting, _, _ := unstructured.NestedStringMap(status, "state", "waiting")
			if reason := waiting["reason"]; reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
				return strings.TrimSpace(fmt.Sprintf("container %s is waiting: %s %s", name, reason, waiting["message"]))
			}
			if code, found, _ := unstructured.NestedInt64(status, "state", "terminated", "exitCode"); found && code != 0 {
				return fmt.Sprintf("container %s ended with status %d", name, code)
			}
		}
	}
	return ""
}
