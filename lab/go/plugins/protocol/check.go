package protocol

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Check says everything that is wrong with values that are meant to be these properties.
func (p Properties) Check(values resource.PropertyMap) []plugin.CheckFailure {
	return p.check("", values)
}

func (p Properties) check(path string, values resource.PropertyMap) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	for _, name := range p.Names() {
		value, given := values[resource.PropertyKey(name)]
		if !given || value.IsNull() {
			if p[name].Required {
				failures = append(failures, failure(path+name, "is missing; give a %s", p[name].Kind))
			}
			continue
		}
		failures = append(failures, p[name].check(path+name, value)...)
	}
	for _, key := range values.StableKeys() {
		if _, known := p[string(key)]; !known && !strings.HasPrefix(string(key), "__") {
			known := strings.Join(p.Names(), ", ")
			failures = append(failures, failure(path+string(key), "is not a property; the properties are %s", known))
		}
	}
	return failures
}

func (p Property) check(path string, value resource.PropertyValue) []plugin.CheckFailure {
	value = Plain(value)
	if value.IsComputed() || value.IsNull() {
		return nil
	}
	wrong := []plugin.CheckFailure{failure(path, "is a %s; give a %s", value.TypeString(), p.Kind)}
	switch p.Kind {
	case String:
		if !value.IsString() {
			return wrong
		}
		if len(p.Oneof) > 0 && !slices.Contains(p.Oneof, value.StringValue()) {
			known := strings.Join(p.Oneof, ", ")
			return []plugin.CheckFailure{failure(path, "is %q; use one of %s", value.StringValue(), known)}
		}
	case Number, Integer:
		if !value.IsNumber() {
			return wrong
		}
		if p.Kind == Integer && value.NumberValue() != float64(int64(value.NumberValue())) {
			return []plugin.CheckFailure{failure(path, "is %v; give a whole number", value.NumberValue())}
		}
	case Boolean:
		if !value.IsBool() {
			return wrong
		}
	case List:
		if !value.IsArray() {
			return wrong
		}
		var failures []plugin.CheckFailure
		for i, item := range value.ArrayValue() {
			failures = append(failures, p.Of.check(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
		return failures
	case Map, Object:
		if !value.IsObject() {
			return wrong
		}
		if p.Kind == Object {
			return p.Fields.check(path+".", value.ObjectValue())
		}
		var failures []plugin.CheckFailure
		for _, key := range value.ObjectValue().StableKeys() {
			failures = append(failures, p.Of.check(path+"."+string(key), value.ObjectValue()[key])...)
		}
		return failures
	}
	return nil
}

func failure(path, format string, args ...any) plugin.CheckFailure {
	return plugin.CheckFailure{
		Property: resource.PropertyKey(path), Reason: path + ": " + fmt.Sprintf(format, args...),
	}
}
