package kubernetes

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// probeTimeout is how long a cluster may take to say that it is there.
const probeTimeout = 15 * time.Second

// cluster is the API of a cluster.
type cluster struct {
	objects   dynamic.Interface
	kinds     *restmapper.DeferredDiscoveryRESTMapper
	namespace string
}

// connect reaches the cluster that the settings name.
func connect(ctx context.Context, given settings, warnings rest.WarningHandlerWithContext) (*cluster, error) {
	loaded, err := kubeconfig(given)
	if err != nil {
		return nil, err
	}
	config, err := loaded.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: cannot be used: %w", err)
	}
	config.QPS, config.Burst = given.client.QPS, given.client.Burst
	config.Timeout = time.Duration(given.client.Timeout) * time.Second
	config.WarningHandlerWithContext = warnings
	config.UserAgent = "pulumi-kubernetes"
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	probe := rest.CopyConfig(config)
	probe.Timeout = probeTimeout
	discovered, err := discovery.NewDiscoveryClientForConfig(probe)
	if err != nil {
		return nil, err
	}
	if _, err := discovered.ServerVersion(); err != nil {
		return nil, fmt.Errorf("%s: %w", config.Host, err)
	}
	namespace := given.namespace
	if namespace == "" {
		if namespace, _, err = loaded.Namespace(); err != nil {
			return nil, err
		}
	}
	kinds := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovered))
	return &cluster{objects, kinds, namespace}, ctx.Err()
}

// kubeconfig is the configuration given as content or as path, or the one that kubectl would use.
func kubeconfig(given settings) (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{CurrentContext: given.context}
	overrides.Context.Cluster = given.cluster
	content := []byte(given.kubeconfig)
	if given.kubeconfig == "" {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
	}
	if !strings.Contains(given.kubeconfig, "\n") && !strings.HasPrefix(given.kubeconfig, "{") {
		read, err := os.ReadFile(given.kubeconfig)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig: is neither a configuration nor the path of one: %w", err)
		}
		content = read
	}
	parsed, err := clientcmd.Load(content)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: cannot be read: %w", err)
	}
	return clientcmd.NewDefaultClientConfig(*parsed, overrides), nil
}

// mapping is how the API serves a kind. A kind that is not known is looked up anew, as it may have come since.
func (c *cluster) mapping(kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	found, err := c.kinds.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		c.kinds.Reset()
		found, err = c.kinds.RESTMapping(kind.GroupKind(), kind.Version)
	}
	return found, err
}

// namespaced is whether objects of a kind lie in a namespace. A kind that is not known yet is taken to be.
func (c *cluster) namespaced(kind schema.GroupVersionKind) (bool, error) {
	found, err := c.mapping(kind)
	if meta.IsNoMatchError(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return found.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// of is the part of the API that serves an object and its like.
func (c *cluster) of(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	found, err := c.mapping(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if found.Scope.Name() != meta.RESTScopeNameNamespace {
		object.SetNamespace("")
		return c.objects.Resource(found.Resource), nil
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(c.namespace)
	}
	return c.objects.Resource(found.Resource).Namespace(object.GetNamespace()), nil
}
