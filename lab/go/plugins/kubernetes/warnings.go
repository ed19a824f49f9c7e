package kubernetes

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// urnKey finds, in the context of a request to the API, the resource it is made for.
type urnKey struct{}

func aboutResource(ctx context.Context, urn resource.URN) context.Context {
	return context.WithValue(ctx, urnKey{}, urn)
}

// warnings passes the API's warnings on to the messages of the resource they are about.
type warnings struct{ provider *Provider }

// HandleWarningHeaderWithContext is called for each warning of an answer.
func (w warnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _ string, text string) {
	if code != 299 || text == "" || w.provider.settings.quiet && strings.Contains(text, "deprecated") {
		return
	}
	urn, known := ctx.Value(urnKey{}).(resource.URN)
	if known {
		w.provider.Host.Log(ctx, diag.Warning, urn, text)
	}
}
