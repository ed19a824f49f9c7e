package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/util/yaml"

	"groundwork/lab/go/plugins/protocol"
)

// functions are what can be invoked.
var functions = map[tokens.ModuleMember]protocol.Function{
	"kubernetes:yaml:decode": {
		Inputs: protocol.Properties{
			"text": {Kind: protocol.String, Required: true}, "defaultNamespace": {Kind: protocol.String},
		},
		Outputs: protocol.Properties{"result": protocol.ListOf(protocol.Any)},
		Call: func(_ protocol.Operation, inputs resource.PropertyMap) (resource.PropertyMap, error) {
			objects, err := decode(inputs["text"].StringValue())
			if err != nil {
				return nil, err
			}
			values := make([]resource.PropertyValue, len(objects))
			for i, object := range objects {
				values[i] = toValue(object)
			}
			return resource.PropertyMap{"result": resource.NewArrayProperty(values)}, nil
		},
	},
}

// Invoke calls a function.
func (p *Provider) Invoke(ctx context.Context, request plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	if _, known := functions[request.Tok]; !known {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: is not served by this plugin", request.Tok)
	}
	served := protocol.Plugin{Base: p.Base, Functions: functions}
	return served.Invoke(ctx, request)
}

// decode reads the objects of a YAML text with any number of documents; lists are taken apart.
func decode(text string) ([]map[string]any, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), len(text))
	var objects []map[string]any
	for number := 1; ; number++ {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("text: document %d: %w", number, err)
		}
		if len(object) == 0 {
			continue
		}
		kind, _ := object["kind"].(string)
		items, isItems := object["items"].([]any)
		if !isList(kind) || !isItems {
			objects = append(objects, object)
			continue
		}
		for _, item := range items {
			if one, isObject := item.(map[string]any); isObject {
				objects = append(objects, one)
			}
		}
	}
}
