package protocol

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Kind is what a property's value is.
type Kind string

// The kinds of values there are.
const (
	String  Kind = "string"
	Number  Kind = "number"
	Integer Kind = "integer"
	Boolean Kind = "boolean"
	List    Kind = "array"
	Map     Kind = "map"
	Object  Kind = "object"
	Any     Kind = "any"
	Asset   Kind = "asset"
	Archive Kind = "archive"
)

// Property is one input or output of a resource or function.
type Property struct {
	Kind Kind
	// Of is what a list or map is made of.
	Of *Property
	// Fields are the properties of an object.
	Fields Properties
	// Oneof are the only strings allowed.
	Oneof []string
	// Required properties have to be given as inputs, and are always there as outputs.
	Required bool
	// Secret values are encrypted in the state whatever they are made from.
	Secret bool
	// Replace says that another value means another resource.
	Replace bool
	// Default is the value of an input that is not given.
	Default any
}

// Properties are properties by name.
type Properties map[string]Property

// Names are the properties' names, in order.
func (p Properties) Names() []string { return slices.Sorted(maps.Keys(p)) }

// With is these properties and others.
func (p Properties) With(others Properties) Properties {
	all := maps.Clone(p)
	maps.Copy(all, others)
	return all
}

// WithDefaults are values with those that were not given.
func (p Properties) WithDefaults(values resource.PropertyMap) resource.PropertyMap {
	all := values.Copy()
	for name, property := range p {
		key := resource.PropertyKey(name)
		if _, given := all[key]; !given && property.Default != nil {
			all[key] = resource.NewPropertyValue(property.Default)
		}
	}
	return all
}

// ListOf is a list of values of a kind.
func ListOf(kind Kind) Property { return Property{Kind: List, Of: &Property{Kind: kind}} }

// MapOf is a map of values of a kind.
func MapOf(kind Kind) Property { return Property{Kind: Map, Of: &Property{Kind: kind}} }
