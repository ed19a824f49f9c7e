package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"groundwork/lab/go/plugins/protocol"
)

// What the state has beside the object.
const (
	keptInputs       = "__inputs"
	keptVersion      = "__initialApiVersion"
	keptFieldManager = "__fieldManager"
)

// state is what the engine keeps of an object: as it is, how it was asked for, and who applies its fields.
func state(inputs resource.PropertyMap, live *unstructured.Unstructured, manager string) resource.PropertyMap {
	kept := toValues(live.Object)
	markSecrets(kept, inputs)
	if live.GetKind() == "Secret" && live.GetAPIVersion() == "v1" {
		for _, key := range []resource.PropertyKey{"data", "stringData"} {
			if value, there := kept[key]; there {
				kept[key] = protocol.Secret(value)
			}
		}
	}
	kept[keptInputs] = resource.NewObjectProperty(inputs)
	kept[keptVersion] = resource.NewStringProperty(live.GetAPIVersion())
	kept[keptFieldManager] = resource.NewStringProperty(manager)
	return kept
}

// markSecrets marks the values that are secrets in the inputs they came from.
func markSecrets(values, inputs resource.PropertyMap) {
	for key, input := range inputs {
		value, there := values[key]
		switch {
		case !there || value.IsSecret():
		case value.IsObject() && input.IsObject():
			markSecrets(value.ObjectValue(), input.ObjectValue())
		case input.ContainsSecrets():
			values[key] = resource.MakeSecret(value)
		}
	}
}

// fieldManager is the name under which an object's fields are applied; it stays the same over an object's life.
func fieldManager(kept resource.PropertyMap, inputs *unstructured.Unstructured, clientSide bool) string {
	if own := inputs.GetAnnotations()[patchFieldManager]; own != "" {
		return own
	}
	if known := kept[keptFieldManager]; known.IsString() {
		return known.StringValue()
	}
	if clientSide {
		return "pulumi-kubernetes"
	}
	name, err := resource.NewUniqueHex("pulumi-kubernetes-", 8, 0)
	if err != nil {
		return "pulumi-kubernetes"
	}
	return name
}
