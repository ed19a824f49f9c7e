package kubernetes

import (
	"math"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"groundwork/lab/go/plugins/protocol"
)

// JSON schemas have fields with dashes, which the SDKs write with underscores.
const (
	dashed     = "x-kubernetes-"
	underlined = "x_kubernetes_"
)

// toObject is the API object that inputs or outputs are, without what the plugin keeps beside it.
func toObject(values resource.PropertyMap) *unstructured.Unstructured {
	object := map[string]any{}
	for key, value := range protocol.Open(values) {
		if !strings.HasPrefix(string(key), "__") {
			if content := toContent(value); content != nil {
				object[string(key)] = content
			}
		}
	}
	return &unstructured.Unstructured{Object: object}
}

// toContent is a value as the API's client has it: whole numbers are integers, and nothing is null or unknown.
func toContent(value resource.PropertyValue) any {
	switch {
	case value.IsObject():
		object := map[string]any{}
		for key, field := range value.ObjectValue() {
			if content := toContent(field); content != nil {
				object[respell(string(key), underlined, dashed, "_", "-")] = content
			}
		}
		return object
	case value.IsArray():
		list := make([]any, 0, len(value.ArrayValue()))
		for _, item := range value.ArrayValue() {
			list = append(list, toContent(item))
		}
		return list
	case value.IsNumber():
		if number := value.NumberValue(); number == math.Trunc(number) && math.Abs(number) < 1<<53 {
			return int64(number)
		}
		return value.NumberValue()
	case value.IsString():
		return value.StringValue()
	case value.IsBool():
		return value.BoolValue()
	default:
		return nil
	}
}

// toValues are inputs or outputs that an API object is.
func toValues(object map[string]any) resource.PropertyMap {
	return toValue(object).ObjectValue()
}

func toValue(content any) resource.PropertyValue {
	switch content := content.(type) {
	case map[string]any:
		values := resource.PropertyMap{}
		for key, field := range content {
			values[resource.PropertyKey(respell(key, dashed, underlined, "-", "_"))] = toValue(field)
		}
		return resource.NewObjectProperty(values)
	case []any:
		values := make([]resource.PropertyValue, len(content))
		for i, item := range content {
			values[i] = toValue(item)
		}
		return resource.NewArrayProperty(values)
	default:
		return resource.NewPropertyValue(content)
	}
}

func respell(key, from, to, old, new string) string {
	if rest, found := strings.CutPrefix(key, from); found {
		return to + strings.ReplaceAll(rest, old, new)
	}
	return key
}

// identity is an object's id in the state.
func identity(object *unstructured.Unstructured) resource.ID {
	if object.GetNamespace() == "" {
		return resource.ID(object.GetName())
	}
	return resource.ID(object.GetNamespace() + "/" + object.GetName())
}

// parseIdentity is the namespace and name that an id is.
func parseIdentity(id resource.ID) (namespace, name string) {
	before, after, found := strings.Cut(string(id), "/")
	if !found {
		return "", before
	}
	return before, after
}

// describe is how messages name an object.
func describe(object *unstructured.Unstructured) string {
	return object.GetKind() + " " + string(identity(object))
}
