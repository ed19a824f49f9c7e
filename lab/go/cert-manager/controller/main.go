// Command controller is cert-manager's controller with the issuers of a site: an authority's key in a Secret, and nothing else. It takes
// its configuration from the file that upstream's takes, read by upstream's own packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	config "github.com/cert-manager/cert-manager/internal/apis/config/controller"
	"github.com/cert-manager/cert-manager/internal/apis/config/controller/validation"
	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	controllerfile "github.com/cert-manager/cert-manager/pkg/controller/configfile"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util/configfile"
	"github.com/cert-manager/cert-manager/pkg/util/feature"
)

func main() {
	path := pflag.String("config", "", "the file with a ControllerConfiguration")
	pflag.Parse()
	logf.InitLogs()
	defer logf.FlushLogs()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(logf.NewContext(ctx, logf.Log, "controller"), *path); err != nil && !errors.Is(err, context.Canceled) {
		logf.Log.Error(err, "the controller has ended")
		logf.FlushLogs()
		os.Exit(1)
	}
}

func read(path string) (*config.ControllerConfiguration, error) {
	loader, err := configfile.NewConfigurationFSLoader(nil, path)
	if err != nil {
		return nil, err
	}
	file := controllerfile.New()
	if err := loader.Load(file); err != nil {
		return nil, err
	}
	if err := feature.DefaultMutableFeatureGate.SetFromMap(file.Config.FeatureGates); err != nil {
		return nil, err
	}
	if found := validation.ValidateControllerConfiguration(file.Config, nil); len(found) > 0 {
		return nil, found.ToAggregate()
	}
	return file.Config, logf.ValidateAndApply(&file.Config.Logging)
}

func run(ctx context.Context, path string) error {
	settings, err := read(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if settings.LeaderElectionConfig.Enabled || slices.ContainsFunc(settings.Controllers, isPattern) {
		return fmt.Errorf("%s: this build elects no leader and takes controllers by their names", path)
	}
	factory, err := controller.NewContextFactory(ctx, options(settings))
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.HealthzListenAddress)
	if err != nil {
		return err
	}
	health := healthz.NewServer(settings.LeaderElectionConfig.HealthzTimeout)
	group.Go(func() error { return health.Start(ctx, listener) })
	for _, name := range settings.Controllers {
		make, known := controller.Known()[name]
		if !known {
			return fmt.Errorf("%s: this build has no controller %s", path, name)
		}
		made, err := make(factory)
		if err != nil {
			return fmt.Errorf("controller %s: %w", name, err)
		}
		group.Go(func() error { return made.Run(settings.NumberOfConcurrentWorkers, ctx) })
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if settings.GatewayAPIConfig.Enabled {
		shared.GWShared.Start(ctx.Done())
	}
	return group.Wait()
}

func isPattern(name string) bool {
	return name == "*" || strings.HasPrefix(name, "-")
}

func options(settings *config.ControllerConfiguration) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:         settings.KubeConfig,
		KubernetesAPIQPS:   settings.KubernetesAPIQPS,
		KubernetesAPIBurst: settings.KubernetesAPIBurst,
		Namespace:          settings.Namespace,
		IssuerOptions: controller.IssuerOptions{
			ClusterResourceNamespace: settings.ClusterResourceNamespace,
		},
		IngressShimOptions: controller.IngressShimOptions{
			DefaultIssuerName:  settings.IngressShimConfig.DefaultIssuerName,
			DefaultIssuerKind:  settings.IngressShimConfig.DefaultIssuerKind,
			DefaultIssuerGroup: settings.IngressShimConfig.DefaultIssuerGroup,
		},
		CertificateOptions: controller.CertificateOptions{
			EnableOwnerRef:                           settings.EnableCertificateOwnerRef,
			CopiedAnnotationPrefixes:                 settings.CopiedAnnotationPrefixes,
			CertificateRequestMinimumBackoffDuration: settings.CertificateRequestMinimumBackoffDuration,
			CertificateRequestMaximumBackoffDuration: settings.CertificateRequestMaximumBackoffDuration,
		},
		ConfigOptions: controller.ConfigOptions{EnableGatewayAPI: settings.GatewayAPIConfig.Enabled},
	}
}
