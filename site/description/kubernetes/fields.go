// Prints the fields of KubeletConfiguration and KubeProxyConfiguration with their types, as JSON: from the types that the
// kubelet and kube-proxy read their configuration into. ./extract.sh runs it for one version.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	proxy "k8s.io/kube-proxy/config/v1alpha1"
	kubelet "k8s.io/kubelet/config/v1beta1"
)

// Types that JSON does not show as what they are made of.
var special = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":        "duration",
	"k8s.io/component-base/logs/api/v1.TimeOrMetaDuration": "duration or number",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":            "time",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":        "quantity",
	"k8s.io/apimachinery/pkg/api/resource.QuantityValue":   "quantity",
}

func shape(t reflect.Type) any {
	if name := special[t.PkgPath()+"."+t.Name()]; name != "" {
		return name
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shape(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "string"
		}
		return map[string]any{"list": shape(t.Elem())}
	case reflect.Map:
		return map[string]any{"map": shape(t.Elem())}
	case reflect.Struct:
		fields := map[string]any{}
		collect(t, fields)
		return map[string]any{"fields": fields}
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Float32, reflect.Float64:
		return "number"
	default:
		return t.Kind().String()
	}
}

func collect(t reflect.Type, fields map[string]any) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if strings.Contains(options, "inline") || (field.Anonymous && name == "") {
			collect(field.Type, fields)
			continue
		}
		fields[name] = shape(field.Type)
	}
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{
		"kubelet":   shape(reflect.TypeFor[kubelet.KubeletConfiguration]()),
		"kubeProxy": shape(reflect.TypeFor[proxy.KubeProxyConfiguration]()),
	}); err != nil {
		panic(err)
	}
}
