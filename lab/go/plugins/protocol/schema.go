package protocol

import "encoding/json"

// schema is the package's schema as the Pulumi CLI and its code generators read it.
func (p *Plugin) schema() ([]byte, error) {
	resources, functions := map[string]any{}, map[string]any{}
	for token, declared := range p.Resources {
		resources[string(token)] = map[string]any{
			"inputProperties": schemaProperties(declared.Inputs),
			"requiredInputs":  required(declared.Inputs),
			"properties":      schemaProperties(declared.Inputs.With(declared.Outputs)),
			"required":        required(declared.Inputs.With(declared.Outputs)),
		}
	}
	for token, declared := range p.Functions {
		functions[string(token)] = map[string]any{
			"inputs":  schemaObject(declared.Inputs),
			"outputs": schemaObject(declared.Outputs),
		}
	}
	return json.Marshal(map[string]any{
		"name": p.Name, "version": Version,
		"config":    map[string]any{"variables": schemaProperties(p.Configuration)},
		"provider":  map[string]any{"inputProperties": schemaProperties(p.Configuration)},
		"resources": resources, "functions": functions,
	})
}

func schemaProperties(properties Properties) map[string]any {
	all := map[string]any{}
	for name, property := range properties {
		all[name] = schemaProperty(property)
	}
	return all
}

func schemaProperty(property Property) map[string]any {
	described := schemaType(property)
	if property.Secret {
		described["secret"] = true
	}
	if property.Replace {
		described["replaceOnChanges"] = true
	}
	if property.Default != nil {
		described["default"] = property.Default
	}
	return described
}

func schemaType(property Property) map[string]any {
	switch property.Kind {
	case List:
		return map[string]any{"type": "array", "items": schemaType(*property.Of)}
	case Map:
		return map[string]any{"type": "object", "additionalProperties": schemaType(*property.Of)}
	case Object:
		return schemaObject(property.Fields)
	case Any:
		return map[string]any{"$ref": "pulumi.json#/Any"}
	case Asset:
		return map[string]any{"$ref": "pulumi.json#/Asset"}
	case Archive:
		return map[string]any{"$ref": "pulumi.json#/Archive"}
	default:
		return map[string]any{"type": string(property.Kind)}
	}
}

func schemaObject(properties Properties) map[string]any {
	return map[string]any{
		"type": "object", "properties": schemaProperties(properties), "required": required(properties),
	}
}

func required(properties Properties) []string {
	names := []string{}
	for _, name := range properties.Names() {
		if properties[name].Required {
			names = append(names, name)
		}
	}
	return names
}
