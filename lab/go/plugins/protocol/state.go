package protocol

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// state is what the engine keeps of a resource: its inputs, their defaults, and its outputs, secrets marked. Outputs
// that are not there yet are unknown when there are none at all, as in a preview.
func (r Resource) state(inputs, outputs resource.PropertyMap) resource.PropertyMap {
	state := r.Inputs.WithDefaults(inputs)
	for name, property := range r.Inputs {
		key := resource.PropertyKey(name)
		if value, given := state[key]; given && property.Secret {
			state[key] = Secret(value)
		}
	}
	tainted := r.SecretByAnyInput && inputs.ContainsSecrets()
	for name, property := range r.Outputs {
		key := resource.PropertyKey(name)
		value, known := outputs[key]
		if !known && outputs == nil {
			value, known = Unknown(), true
		}
		if !known {
			continue
		}
		if property.Secret || tainted {
			value = Secret(value)
		}
		state[key] = value
	}
	return state
}

// inputsOf are a resource's old inputs, taken from its outputs where the engine has none.
func inputsOf(declared Resource, inputs, outputs resource.PropertyMap) resource.PropertyMap {
	if inputs != nil {
		return inputs
	}
	inputs = resource.PropertyMap{}
	for name := range declared.Inputs {
		if value, known := outputs[resource.PropertyKey(name)]; known {
			inputs[resource.PropertyKey(name)] = value
		}
	}
	return inputs
}

func contains(names []string, name string) bool { return slices.Contains(names, name) }
