// Package protocol is what the plugins of this module share: the plugin protocol, and resources declared as data.
package protocol

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Version is the version of the plugin in this binary; the build sets it to that of the SDK it serves.
var Version = "0.0.0"

// Serve runs a plugin until the engine that started it is gone.
func Serve(name string, create func(host Host) plugin.Provider) {
	err := provider.Main(name, func(client *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return server{plugin.NewProviderServer(create(Host{client}))}, nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// server adds to the SDK's server what it leaves out of an answer.
type server struct {
	pulumirpc.ResourceProviderServer
}

// Diff says that a detailed diff is one, and which deletions of a property replace the resource.
func (s server) Diff(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	response, err := s.ResourceProviderServer.Diff(ctx, request)
	if err != nil {
		return nil, err
	}
	response.HasDetailedDiff = len(response.DetailedDiff) > 0
	for path, property := range response.DetailedDiff {
		if property.Kind == pulumirpc.PropertyDiff_DELETE && slices.Contains(response.Replaces, path) {
			property.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	return response, nil
}
