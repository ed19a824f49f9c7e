// Package vsphere bridges Terraform's vSphere provider to Pulumi, under the tokens of the official provider.
package vsphere

import (
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	upstream "github.com/hashicorp/terraform-provider-vsphere/vsphere"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
)

// Name of the package, as the official provider has it.
const Name = "vsphere"

// Version is that of the official provider whose names this one keeps to.
const Version = "4.18.2"

// Provider describes what is served: the resources and data sources of Terraform's provider, and what they are called.
func Provider() tfbridge.ProviderInfo {
	provider := tfbridge.ProviderInfo{
		P:           shim.NewProvider(upstream.Provider().(*schema.Provider)),
		Name:        Name,
		DisplayName: "vSphere",
		Version:     Version,
		License:     "Apache-2.0",
		GitHubOrg:   "hashicorp",
		Resources: map[string]*tfbridge.ResourceInfo{
			"vsphere_virtual_machine": {
				Fields: map[string]*tfbridge.SchemaInfo{
					"cdrom": {Name: "cdroms", MaxItemsOne: tfbridge.False()},
				},
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"vsphere_storage_policy": {Tok: "vsphere:index/getPolicy:getPolicy"},
		},
	}
	provider.MustComputeTokens(tokens.SingleModule("vsphere_", "index", tokens.MakeStandard(Name)))
	provider.SetAutonaming(255, "-")
	return provider
}
