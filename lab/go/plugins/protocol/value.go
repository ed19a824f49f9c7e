package protocol

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Plain is a value without the marks of a secret or an output on it; what is inside of it keeps them.
func Plain(value resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case value.IsSecret():
			value = value.SecretValue().Element
		case value.IsOutput() && value.OutputValue().Known:
			value = value.OutputValue().Element
		case value.IsOutput():
			return resource.MakeComputed(resource.NewStringProperty(""))
		default:
			return value
		}
	}
}

// Open is values without any mark of a secret.
func Open(values resource.PropertyMap) resource.PropertyMap {
	return open(resource.NewObjectProperty(values)).ObjectValue()
}

func open(value resource.PropertyValue) resource.PropertyValue {
	value = Plain(value)
	switch {
	case value.IsObject():
		opened := resource.PropertyMap{}
		for key, field := range value.ObjectValue() {
			opened[key] = open(field)
		}
		return resource.NewObjectProperty(opened)
	case value.IsArray():
		opened := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, item := range value.ArrayValue() {
			opened[i] = open(item)
		}
		return resource.NewArrayProperty(opened)
	default:
		return value
	}
}

// Decode reads values into a struct with JSON names.
func Decode(values resource.PropertyMap, into any) error {
	text, err := json.Marshal(Open(values).Mappable())
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// Unknown is a value that only an update will tell.
func Unknown() resource.PropertyValue { return resource.MakeComputed(resource.NewStringProperty("")) }

// Secret marks a value as one, once.
func Secret(value resource.PropertyValue) resource.PropertyValue {
	if value.IsSecret() {
		return value
	}
	return resource.MakeSecret(value)
}
