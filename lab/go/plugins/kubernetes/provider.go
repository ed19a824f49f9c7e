// Package kubernetes is the plugin of @pulumi/kubernetes: any object of a cluster's API, applied server-side.
package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/client-go/tools/clientcmd/api"

	"groundwork/lab/go/plugins/protocol"
)

// Provider serves the objects of one cluster.
type Provider struct {
	protocol.Base
	settings    settings
	cluster     *cluster
	unreachable error
	warned      sync.Once
}

// New makes the plugin.
func New(host protocol.Host) plugin.Provider {
	return &Provider{Base: protocol.NewBase("kubernetes", host)}
}

// GetSchema describes the provider's own inputs and functions. The objects are those of the cluster's API.
func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	described := protocol.Plugin{Base: p.Base, Configuration: configuration, Functions: functions}
	return described.GetSchema(context.Background(), plugin.GetSchemaRequest{})
}

// CheckConfig refuses what this plugin does not do.
func (p *Provider) CheckConfig(
	_ context.Context, request plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	checked := plugin.CheckConfigResponse{Properties: request.News}
	if request.News.HasValue("renderYamlToDirectory") {
		checked.Failures = append(checked.Failures, plugin.CheckFailure{
			Property: "renderYamlToDirectory", Reason: "renderYamlToDirectory: is not served by this plugin; leave it out",
		})
	}
	if _, err := readSettings(request.News); err != nil {
		checked.Failures = append(checked.Failures, plugin.CheckFailure{Reason: err.Error()})
	}
	return checked, nil
}

// DiffConfig asks for another provider when another cluster is named: then every object has to be made there.
func (p *Provider) DiffConfig(
	_ context.Context, request plugin.DiffConfigRequest,
) (plugin.DiffConfigResponse, error) {
	olds, news := protocol.Open(request.OldInputs), protocol.Open(request.NewInputs)
	changed := olds.Diff(news)
	if changed == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	result := plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: changed.ChangedKeys()}
	const identifier = "clusterIdentifier"
	switch {
	case changed.Updated(identifier):
		result.ReplaceKeys = []resource.PropertyKey{identifier}
		return result, nil
	case changed.Same(identifier) && news.HasValue(identifier):
		return result, nil
	}
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if news[key].IsComputed() || changed.Changed(key) && otherCluster(olds, news) {
			result.ReplaceKeys = append(result.ReplaceKeys, key)
		}
	}
	return result, nil
}

// otherCluster is whether two configurations name different clusters, as far as they can be read.
func otherCluster(olds, news resource.PropertyMap) bool {
	before, after := activeCluster(olds), activeCluster(news)
	return before != "" && after != "" && before != after
}

// activeCluster is the cluster a configuration names, as text to compare.
func activeCluster(inputs resource.PropertyMap) string {
	given, err := readSettings(inputs)
	if err != nil {
		return ""
	}
	loaded, err := kubeconfig(given)
	if err != nil {
		return ""
	}
	raw, err := loaded.RawConfig()
	if err != nil {
		return ""
	}
	name := raw.CurrentContext
	if given.context != "" {
		name = given.context
	}
	used := api.Context{Cluster: given.cluster}
	if found := raw.Contexts[name]; found != nil && given.cluster == "" {
		used.Cluster = found.Cluster
	}
	named := raw.Clusters[used.Cluster]
	if named == nil {
		return ""
	}
	text, err := json.Marshal(named)
	if err != nil {
		return ""
	}
	return string(text)
}

// Configure reaches the cluster. One that cannot be reached is no error until something is to be done with it.
func (p *Provider) Configure(
	ctx context.Context, request plugin.ConfigureRequest,
) (plugin.ConfigureResponse, error) {
	var err error
	if p.settings, err = readSettings(request.Inputs); err != nil {
		return plugin.ConfigureResponse{}, err
	}
	if p.cluster, err = connect(ctx, p.settings, warnings{p}); err != nil {
		p.unreachable = fmt.Errorf("the cluster cannot be reached: %w", err)
	}
	return plugin.ConfigureResponse{}, nil
}

// reach is the cluster, or why there is none.
func (p *Provider) reach() (*cluster, error) {
	if p.unreachable != nil {
		return nil, p.unreachable
	}
	if p.cluster == nil {
		return nil, fmt.Errorf("the cluster is not known yet")
	}
	return p.cluster, nil
}

// warnUnreachable says, once, that a preview cannot ask the cluster.
func (p *Provider) warnUnreachable(ctx context.Context, urn resource.URN) {
	p.warned.Do(func() {
		p.Host.Log(ctx, diag.Warning, urn, fmt.Sprintf(
			"%v; the preview shows what is asked for, not what the cluster would make of it", p.unreachable))
	})
}
