package kubernetes

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"groundwork/lab/go/plugins/protocol"
)

// drifted are inputs as they would have been written for the object to be as it is by now. What the API itself adds or
// writes in another way is no drift: only a field that was asked for, and has changed since it was last seen, is.
func drifted(inputs resource.PropertyMap, last, live *unstructured.Unstructured) resource.PropertyMap {
	asked := toObject(inputs).Object
	before, after := last.Object, live.Object
	if text, given := asked["stringData"].(map[string]any); given && live.GetKind() == "Secret" {
		before, after = withText(before, text), withText(after, text)
	}
	found := toValues(follow(asked, before, after).(map[string]any))
	markSecrets(found, inputs)
	if inputs["metadata"].IsSecret() {
		found["metadata"] = protocol.Secret(found["metadata"])
	}
	return found
}

func withText(secret, text map[string]any) map[string]any {
	written := map[string]any{}
	for key, value := range secret {
		written[key] = value
	}
	data, _ := secret["data"].(map[string]any)
	written["stringData"] = liveText(text, data)
	return written
}

// follow is what was asked for where the API shows no change, and what it shows where it does.
func follow(asked, before, after any) any {
	if reflect.DeepEqual(before, after) {
		return asked
	}
	switch asked := asked.(type) {
	case map[string]any:
		was, wasMap := before.(map[string]any)
		is, isMap := after.(map[string]any)
		if !wasMap || !isMap {
			return after
		}
		followed := map[string]any{}
		for key, value := range asked {
			_, there := is[key]
			if _, ever := was[key]; there || !ever {
				followed[key] = follow(value, was[key], is[key])
			}
		}
		return followed
	case []any:
		was, wasList := before.([]any)
		is, isList := after.([]any)
		if !wasList || !isList || len(was) != len(asked) || len(is) != len(asked) {
			return after
		}
		followed := make([]any, len(asked))
		for i, value := range asked {
			followed[i] = follow(value, was[i], is[i])
		}
		return followed
	default:
		return after
	}
}
