package protocol

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares old and new inputs, defaults included.
func (p Properties) Diff(olds, news resource.PropertyMap) map[string]plugin.PropertyDiff {
	return DetailedDiff(p.WithDefaults(olds), p.WithDefaults(news), func(path resource.PropertyPath) bool {
		name, _ := path[0].(string)
		return p[name].Replace
	})
}

// DetailedDiff compares old and new values. Whether a value is a secret makes no difference, but paths inside of a
// secret are not told. Changes at paths that replace the resource are marked so.
func DetailedDiff(
	olds, news resource.PropertyMap, replaces func(path resource.PropertyPath) bool,
) map[string]plugin.PropertyDiff {
	detailed := map[string]plugin.PropertyDiff{}
	for text, change := range plugin.NewDetailedDiffFromObjectDiff(Open(olds).Diff(Open(news)), true) {
		path, err := resource.ParsePropertyPath(text)
		if err != nil || len(path) == 0 {
			detailed[text] = change
			continue
		}
		if replaces(path) {
			change = change.ToReplace()
		}
		if shown := min(outsideSecrets(olds, path), outsideSecrets(news, path)); shown < len(path) {
			text = path[:shown].String()
			change.Kind = updated(change.Kind)
			if before, seen := detailed[text]; seen && before.Kind.IsReplace() {
				change = before
			}
		}
		detailed[text] = change
	}
	return detailed
}

// outsideSecrets is how much of a path lies outside of the first secret on it, the secret included.
func outsideSecrets(values resource.PropertyMap, path resource.PropertyPath) int {
	value := resource.NewObjectProperty(values)
	for depth, step := range path {
		if value.IsSecret() {
			return depth
		}
		switch step := step.(type) {
		case string:
			if !value.IsObject() {
				return len(path)
			}
			value = value.ObjectValue()[resource.PropertyKey(step)]
		case int:
			if !value.IsArray() || step >= len(value.ArrayValue()) {
				return len(path)
			}
			value = value.ArrayValue()[step]
		}
	}
	return len(path)
}

// updated is the change of a whole that a change of a part of it is.
func updated(kind plugin.DiffKind) plugin.DiffKind {
	if kind.IsReplace() {
		return plugin.DiffUpdateReplace
	}
	return plugin.DiffUpdate
}

// Result is the answer that a detailed diff amounts to.
func Result(detailed map[string]plugin.PropertyDiff) plugin.DiffResult {
	result := plugin.DiffResult{Changes: plugin.DiffNone}
	if len(detailed) > 0 {
		result.Changes, result.DetailedDiff = plugin.DiffSome, detailed
	}
	return result
}
