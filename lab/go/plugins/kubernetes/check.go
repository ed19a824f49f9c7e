package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"groundwork/lab/go/plugins/protocol"
)

// Check completes an object's inputs: its name, and the provider's namespace.
func (p *Provider) Check(_ context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	if p.unreachable != nil && p.settings.skipUnreachable && len(request.Olds) > 0 {
		return plugin.CheckResponse{Properties: request.Olds}, nil
	}
	object := toObject(request.News)
	kind, err := kindOf(request.URN.Type())
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if isList(kind.Kind) {
		return refuse("kind", "%s: is a list; declare its objects one by one", kind.Kind)
	}
	if err := mismatch(request.URN.Type(), object); err != nil {
		return refuse("apiVersion", "%v", err)
	}
	metadata := protocol.Plain(request.News["metadata"])
	if metadata.IsComputed() {
		return plugin.CheckResponse{Properties: request.News}, nil
	}
	news := request.News.Copy()
	completed := resource.PropertyMap{}
	if metadata.IsObject() {
		completed = metadata.ObjectValue().Copy()
	}
	if _, generated := completed["generateName"]; generated && !p.settings.clientSideApply {
		return refuse("metadata.generateName", "metadata.generateName: does not go with server-side apply; give a name")
	}
	if !completed.HasValue("name") && !completed.HasValue("generateName") {
		if isPatch(request.URN.Type(), object) {
			return refuse("metadata.name", "metadata.name: is missing; name the object to change")
		}
		if err := autoname(completed, request); err != nil {
			return refuse("metadata.name", "%v", err)
		}
	}
	if !completed.HasValue("namespace") && p.cluster != nil && p.cluster.namespace != "" {
		namespaced, err := p.cluster.namespaced(kind)
		if err != nil {
			return plugin.CheckResponse{}, err
		}
		if namespaced {
			completed["namespace"] = resource.NewStringProperty(p.cluster.namespace)
		}
	}
	news["metadata"] = resource.NewObjectProperty(completed)
	if request.News["metadata"].IsSecret() {
		news["metadata"] = protocol.Secret(news["metadata"])
	}
	return plugin.CheckResponse{Properties: news}, nil
}

// autoname names an object after its resource, as before if it had such a name, and marks it so.
func autoname(metadata resource.PropertyMap, request plugin.CheckRequest) error {
	annotations := resource.PropertyMap{}
	if given := protocol.Plain(metadata["annotations"]); given.IsObject() {
		annotations = given.ObjectValue().Copy()
	} else if given.IsComputed() {
		return nil
	}
	old := toObject(request.Olds)
	name := ""
	switch {
	case isTrue(old, autonamed):
		name = old.GetName()
	case request.Autonaming != nil && request.Autonaming.Mode == plugin.AutonamingModeDisabled:
		return fmt.Errorf("metadata.name: is missing, and automatic names are switched off; give one")
	case request.Autonaming != nil && request.Autonaming.ProposedName != "":
		name = request.Autonaming.ProposedName
	default:
		var err error
		if name, err = resource.NewUniqueName(request.RandomSeed, request.URN.Name()+"-", 8, 0, nil); err != nil {
			return err
		}
	}
	metadata["name"] = resource.NewStringProperty(name)
	annotations[autonamed] = resource.NewStringProperty("true")
	metadata["annotations"] = resource.NewObjectProperty(annotations)
	return nil
}

// Diff compares what was asked for, or what a refresh found in its place, with what is asked for now.
func (p *Provider) Diff(_ context.Context, request plugin.DiffRequest) (plugin.DiffResponse, error) {
	olds := request.OldInputs
	if len(olds) == 0 {
		if kept := protocol.Plain(request.OldOutputs[keptInputs]); kept.IsObject() {
			olds = kept.ObjectValue()
		}
	}
	live, object := toObject(request.OldOutputs), toObject(request.NewInputs)
	paths := p.replacing(object, isPatch(request.URN.Type(), object))
	detailed := protocol.DetailedDiff(comparable(olds), comparable(request.NewInputs),
		func(path resource.PropertyPath) bool { return anyContains(paths, path) })
	result := protocol.Result(detailed)
	result.DeleteBeforeReplace = result.Replace() && !isTrue(object, autonamed) && object.GetName() != "" &&
		object.GetName() == live.GetName() && canonical(object.GetNamespace()) == canonical(live.GetNamespace())
	return result, nil
}

// comparable are inputs written as the API has them: a Secret's text is data, and a namespace is always named.
func comparable(inputs resource.PropertyMap) resource.PropertyMap {
	inputs = inputs.Copy()
	if kind := protocol.Plain(inputs["kind"]); kind.IsString() && kind.StringValue() == "Secret" {
		mergeText(inputs)
	}
	metadata := protocol.Plain(inputs["metadata"])
	if !metadata.IsObject() {
		return inputs
	}
	named := metadata.ObjectValue().Copy()
	if given := protocol.Plain(named["namespace"]); !given.IsComputed() && (!given.IsString() || given.StringValue() == "") {
		named["namespace"] = resource.NewStringProperty("default")
	}
	inputs["metadata"] = resource.NewObjectProperty(named)
	return inputs
}

func canonical(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

func refuse(property, format string, args ...any) (plugin.CheckResponse, error) {
	return plugin.CheckResponse{Failures: []plugin.CheckFailure{{
		Property: resource.PropertyKey(property), Reason: fmt.Sprintf(format, args...),
	}}}, nil
}
