// Command pulumi-resource-vsphere is the provider's plugin. The schema lies beside it, in schema.json.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"groundwork/lab/vsphere"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

func main() {
	schema, err := readSchema()
	if err != nil {
		fmt.Fprintf(os.Stderr, "schema.json: %v; build the plugin again\n", err)
		os.Exit(1)
	}
	tfbridge.Main(vsphere.Name, vsphere.Version, vsphere.Provider(), schema)
}

func readSchema() ([]byte, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if executable, err = filepath.EvalSymlinks(executable); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(filepath.Dir(executable), "schema.json"))
}
