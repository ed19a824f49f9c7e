package kubernetes

import (
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What an object's annotations tell the plugin.
const (
	autonamed           = "pulumi.com/autonamed"
	skipAwait           = "pulumi.com/skipAwait"
	waitFor             = "pulumi.com/waitFor"
	timeoutSeconds      = "pulumi.com/timeoutSeconds"
	patchForce          = "pulumi.com/patchForce"
	patchFieldManager   = "pulumi.com/patchFieldManager"
	deletionPropagation = "pulumi.com/deletionPropagationPolicy"
)

// defaultTimeout is how long an object may take to be ready, or to be gone.
const defaultTimeout = 10 * time.Minute

func isTrue(object *unstructured.Unstructured, annotation string) bool {
	return object.GetAnnotations()[annotation] == "true"
}

// timeout is how long to wait for an object: what the resource's options say, or else its annotation.
func timeout(object *unstructured.Unstructured, seconds float64) time.Duration {
	if seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	if written := object.GetAnnotations()[timeoutSeconds]; written != "" {
		if given, err := strconv.ParseFloat(written, 64); err == nil {
			return time.Duration(given * float64(time.Second))
		}
	}
	return defaultTimeout
}

// propagation is what a deletion does with the objects that the deleted one owns.
func propagation(object *unstructured.Unstructured) *metav1.DeletionPropagation {
	policy := metav1.DeletePropagationForeground
	switch object.GetAnnotations()[deletionPropagation] {
	case "background":
		policy = metav1.DeletePropagationBackground
	case "orphan":
		policy = metav1.DeletePropagationOrphan
	}
	return &policy
}
