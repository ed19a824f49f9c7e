package kubernetes

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// notServed are the types that are more than one object of the API; they need Helm, Kustomize or a component.
var notServed = []string{"helm.sh/", "yaml/", "kustomize/"}

// kindOf is the kind of API object that a type of resource is: `kubernetes:apps/v1:Deployment`.
func kindOf(token tokens.Type) (schema.GroupVersionKind, error) {
	parts := strings.Split(string(token), ":")
	if len(parts) != 3 || parts[0] != "kubernetes" {
		return schema.GroupVersionKind{}, fmt.Errorf("%s: is not a resource of this plugin", token)
	}
	for _, module := range notServed {
		if strings.HasPrefix(parts[1], module) {
			return schema.GroupVersionKind{}, fmt.Errorf(
				"%s: is not served by this plugin; declare the objects themselves", token)
		}
	}
	group, version, found := strings.Cut(parts[1], "/")
	if !found {
		return schema.GroupVersionKind{}, fmt.Errorf("%s: names no version of an API", token)
	}
	if group == "core" || group == "meta" {
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: parts[2]}, nil
}

// isPatch is whether a type of resource changes fields of an object that something else made.
func isPatch(token tokens.Type, object *unstructured.Unstructured) bool {
	return string(token.Name()) == object.GetKind()+"Patch"
}

// isList is whether a type of resource is a list of objects.
func isList(kind string) bool {
	return strings.HasSuffix(kind, "List")
}

// mismatch is what is wrong with an object's own kind, if it is another than its type's.
func mismatch(token tokens.Type, object *unstructured.Unstructured) error {
	declared, err := kindOf(token)
	if err != nil {
		return err
	}
	own := object.GroupVersionKind()
	if isPatch(token, object) {
		declared.Kind = own.Kind
	}
	if own != declared {
		return fmt.Errorf("%s: the object is a %s %s; its apiVersion and kind have to be those of its type",
			token, object.GetAPIVersion(), object.GetKind())
	}
	return nil
}
