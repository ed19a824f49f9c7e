package protocol

import (
	"context"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Base answers what every plugin answers alike, and is told when the user interrupts.
type Base struct {
	plugin.UnimplementedProvider
	Host   Host
	Name   string
	ctx    context.Context
	cancel context.CancelFunc
}

// NewBase makes the base of the plugin of this name.
func NewBase(name string, host Host) Base {
	ctx, cancel := context.WithCancel(context.Background())
	return Base{Host: host, Name: name, ctx: ctx, cancel: cancel}
}

// Pkg is the package the plugin serves.
func (b *Base) Pkg() tokens.Package { return tokens.Package(b.Name) }

// Handshake accepts whatever engine this is.
func (b *Base) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// GetPluginInfo tells the plugin's version.
func (b *Base) GetPluginInfo(context.Context) (workspace.PluginInfo, error) {
	version, err := semver.ParseTolerant(Version)
	if err != nil {
		return workspace.PluginInfo{}, err
	}
	return workspace.PluginInfo{Name: b.Name, Kind: apitype.ResourcePlugin, Version: &version}, nil
}

// CheckConfig takes the configuration as it is.
func (b *Base) CheckConfig(
	_ context.Context, request plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: request.News}, nil
}

// DiffConfig never asks for another provider.
func (b *Base) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffResult{}, nil
}

// Configure takes nothing from the configuration.
func (b *Base) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

// SignalCancellation ends every operation under way.
func (b *Base) SignalCancellation(context.Context) error {
	b.cancel()
	return nil
}

// Close ends every operation under way.
func (b *Base) Close() error {
	b.cancel()
	return nil
}

// Within limits an operation to the user's timeout, in seconds, and ends it when the user interrupts.
func (b *Base) Within(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(b.ctx, func() { cancel(context.Canceled) })
	release := func() { stop(); cancel(nil) }
	if seconds <= 0 {
		return ctx, release
	}
	limited, end := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
	return limited, func() { end(); release() }
}
