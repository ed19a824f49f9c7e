// Command pulumi-sdkgen-vsphere writes the TypeScript of a Node SDK with some of a schema's resources and functions:
//
//	pulumi-sdkgen-vsphere SCHEMA.json OUT TOKEN…
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"groundwork/lab/vsphere"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: pulumi-sdkgen-vsphere SCHEMA.json OUT TOKEN…")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(schemaFile, out string, wanted []string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("%s: %w", schemaFile, err)
	}
	if err := keep(&spec, wanted); err != nil {
		return err
	}
	spec.Version = vsphere.Version
	bound, diagnostics, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return errors.Join(diagnostics.Errs()...)
	}
	files, err := nodejs.GeneratePackage("pulumi-sdkgen-vsphere", bound, nil, nil, false, nil)
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(out, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// unofficial is what the official provider no longer has.
var unofficial = map[string][]string{"vsphere:index/VirtualMachineDisk:VirtualMachineDisk": {"name"}}

var reference = regexp.MustCompile(`"#/types/([^"]+)"`)

// keep leaves in the schema what is wanted, and the types it mentions.
func keep(spec *schema.PackageSpec, wanted []string) error {
	resources, functions := map[string]schema.ResourceSpec{}, map[string]schema.FunctionSpec{}
	for _, token := range wanted {
		if resource, ok := spec.Resources[token]; ok {
			resources[token] = resource
		} else if function, ok := spec.Functions[token]; ok {
			functions[token] = function
		} else {
			return fmt.Errorf("%s: not in the schema; name a resource or a function of it", token)
		}
	}
	types := map[string]schema.ComplexTypeSpec{}
	var follow func(any) error
	follow = func(node any) error {
		text, err := json.Marshal(node)
		if err != nil {
			return err
		}
		for _, match := range reference.FindAllStringSubmatch(string(text), -1) {
			token := match[1]
			if _, seen := types[token]; seen {
				continue
			}
			types[token] = spec.Types[token]
			if err := follow(spec.Types[token]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(follow(resources), follow(functions), follow(spec.Provider), follow(spec.Config)); err != nil {
		return err
	}
	for token, properties := range unofficial {
		for _, property := range properties {
			delete(types[token].Properties, property)
		}
	}
	spec.Provider.Methods = nil // its functions are not among the wanted
	spec.Resources, spec.Functions, spec.Types = resources, functions, types
	return nil
}
