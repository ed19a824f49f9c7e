package protocol

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Plugin serves resources and functions that are declared as data.
type Plugin struct {
	Base
	Configuration Properties
	Resources     map[tokens.Type]Resource
	Functions     map[tokens.ModuleMember]Function
}

// Resource is one type of resource. Only Create has to be there.
type Resource struct {
	// Inputs are outputs too, of the same value.
	Inputs Properties
	// Outputs are what the inputs do not tell.
	Outputs Properties
	// SecretByAnyInput says that one secret input makes secrets of all outputs.
	SecretByAnyInput bool

	// Check says what else is wrong with inputs.
	Check func(inputs resource.PropertyMap) []plugin.CheckFailure
	// Create makes the resource and tells its id and outputs.
	Create func(op Operation, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error)
	// Update changes it in place and tells its outputs; without it the old ones stay.
	Update func(op Operation, olds, news resource.PropertyMap) (resource.PropertyMap, error)
	// Keeps are the outputs that no update changes.
	Keeps []string
	// Delete removes it; without it there is nothing to remove.
	Delete func(op Operation, outputs resource.PropertyMap) error
	// Read tells the outputs as they are by now; without it they are as they were.
	Read func(outputs resource.PropertyMap) resource.PropertyMap
	// Stale tells the output that says that the resource has to be made anew, if it has to.
	Stale func(outputs, news resource.PropertyMap) string
}

// Function is one function to invoke.
type Function struct {
	Inputs, Outputs Properties
	Call            func(op Operation, inputs resource.PropertyMap) (resource.PropertyMap, error)
}

// Operation is something done to one resource.
type Operation struct {
	context.Context
	Name string
	urn  resource.URN
	host Host
}

// Log adds a line to the resource's messages.
func (o Operation) Log(severity diag.Severity, message string) {
	o.host.Log(o, severity, o.urn, message)
}

// GetSchema describes the resources and functions.
func (p *Plugin) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	text, err := p.schema()
	return plugin.GetSchemaResponse{Schema: text}, err
}

// Check says everything that is wrong with a resource's inputs.
func (p *Plugin) Check(_ context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	failures := declared.Inputs.Check(request.News)
	if len(failures) == 0 && declared.Check != nil {
		failures = declared.Check(Open(declared.Inputs.WithDefaults(request.News)))
	}
	return plugin.CheckResponse{Properties: request.News, Failures: failures}, nil
}

// Diff tells what an update would change, and whether it takes a new resource.
func (p *Plugin) Diff(_ context.Context, request plugin.DiffRequest) (plugin.DiffResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	detailed := declared.Inputs.Diff(inputsOf(declared, request.OldInputs, request.OldOutputs), request.NewInputs)
	if declared.Stale != nil {
		if output := declared.Stale(Open(request.OldOutputs), Open(request.NewInputs)); output != "" {
			detailed[output] = plugin.PropertyDiff{Kind: plugin.DiffUpdateReplace}
		}
	}
	return Result(detailed), nil
}

// Create makes a resource.
func (p *Plugin) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if request.Preview {
		return plugin.CreateResponse{Properties: declared.state(request.Properties, nil)}, nil
	}
	op, done := p.operation(ctx, request.URN, request.Timeout)
	defer done()
	id, outputs, err := declared.Create(op, Open(declared.Inputs.WithDefaults(request.Properties)))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{ID: id, Properties: declared.state(request.Properties, outputs)}, nil
}

// Update changes a resource in place.
func (p *Plugin) Update(ctx context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	outputs := resource.PropertyMap{}
	for name := range declared.Outputs {
		if value, known := request.OldOutputs[resource.PropertyKey(name)]; known {
			outputs[resource.PropertyKey(name)] = value
		}
	}
	if request.Preview && declared.Update != nil {
		for name := range outputs {
			if !contains(declared.Keeps, string(name)) {
				outputs[name] = Unknown()
			}
		}
	} else if declared.Update != nil {
		op, done := p.operation(ctx, request.URN, request.Timeout)
		defer done()
		news := Open(declared.Inputs.WithDefaults(request.NewInputs))
		if outputs, err = declared.Update(op, Open(request.OldOutputs), news); err != nil {
			return plugin.UpdateResponse{}, err
		}
	}
	return plugin.UpdateResponse{Properties: declared.state(request.NewInputs, outputs)}, nil
}

// Delete removes a resource.
func (p *Plugin) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil || declared.Delete == nil {
		return plugin.DeleteResponse{}, err
	}
	op, done := p.operation(ctx, request.URN, request.Timeout)
	defer done()
	return plugin.DeleteResponse{}, declared.Delete(op, Open(request.Outputs))
}

// Read tells a resource's outputs as they are by now.
func (p *Plugin) Read(_ context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	declared, err := p.declared(request.URN)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	outputs := request.State
	if len(outputs) == 0 {
		return plugin.ReadResponse{}, fmt.Errorf(
			"%s: is not something that can be looked up or imported; declare it", request.URN.Type())
	}
	if declared.Read != nil {
		outputs = outputs.Copy()
		for key, value := range declared.Read(Open(request.State)) {
			outputs[key] = value
		}
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: request.ID, Inputs: inputsOf(declared, request.Inputs, request.State), Outputs: outputs,
	}}, nil
}

// Invoke calls a function.
func (p *Plugin) Invoke(ctx context.Context, request plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	declared, known := p.Functions[request.Tok]
	if !known {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: is not a function of this plugin", request.Tok)
	}
	if failures := declared.Inputs.Check(request.Args); len(failures) > 0 {
		return plugin.InvokeResponse{Failures: failures}, nil
	}
	op, done := p.operation(ctx, "", 0)
	defer done()
	results, err := declared.Call(op, Open(declared.Inputs.WithDefaults(request.Args)))
	return plugin.InvokeResponse{Properties: results}, err
}

func (p *Plugin) declared(urn resource.URN) (Resource, error) {
	declared, known := p.Resources[urn.Type()]
	if !known {
		return Resource{}, fmt.Errorf("%s: is not a resource of this plugin", urn.Type())
	}
	return declared, nil
}

func (p *Plugin) operation(ctx context.Context, urn resource.URN, seconds float64) (Operation, func()) {
	limited, done := p.Within(ctx, seconds)
	name := ""
	if urn != "" {
		name = urn.Name()
	}
	return Operation{Context: limited, Name: name, urn: urn, host: p.Host}, done
}
