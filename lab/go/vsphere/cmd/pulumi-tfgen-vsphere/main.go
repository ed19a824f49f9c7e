// Command pulumi-tfgen-vsphere writes the schema that the provider's plugin serves.
package main

import (
	"groundwork/lab/vsphere"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
)

func main() {
	tfgen.Main(vsphere.Name, vsphere.Version, vsphere.Provider())
}
