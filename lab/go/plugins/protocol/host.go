package protocol

import (
	"context"

	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Host is the engine that started the plugin.
type Host struct {
	client *provider.HostClient
}

// Log adds a line to the messages of a resource.
func (h Host) Log(ctx context.Context, severity diag.Severity, urn resource.URN, message string) {
	if h.client != nil {
		_ = h.client.Log(context.WithoutCancel(ctx), severity, urn, message)
	}
}

// Status shows a line beside a resource while it is worked on.
func (h Host) Status(ctx context.Context, urn resource.URN, message string) {
	if h.client != nil {
		_ = h.client.LogStatus(context.WithoutCancel(ctx), diag.Info, urn, message)
	}
}
