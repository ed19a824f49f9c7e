package kubernetes

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

// configuration are the provider's inputs.
var configuration = protocol.Properties{
	"kubeconfig":                  {Kind: protocol.String},
	"context":                     {Kind: protocol.String},
	"cluster":                     {Kind: protocol.String},
	"clusterIdentifier":           {Kind: protocol.String},
	"namespace":                   {Kind: protocol.String},
	"alwaysRender":                {Kind: protocol.Boolean},
	"deleteUnreachable":           {Kind: protocol.Boolean},
	"enableConfigMapMutable":      {Kind: protocol.Boolean},
	"enablePatchForce":            {Kind: protocol.Boolean},
	"enableSecretMutable":         {Kind: protocol.Boolean},
	"enableServerSideApply":       {Kind: protocol.Boolean},
	"renderYamlToDirectory":       {Kind: protocol.String},
	"skipUpdateUnreachable":       {Kind: protocol.Boolean},
	"suppressDeprecationWarnings": {Kind: protocol.Boolean},
	"suppressHelmHookWarnings":    {Kind: protocol.Boolean},
	"upsertExistingObjects":       {Kind: protocol.Boolean},
	"kubeClientSettings": {Kind: protocol.Object, Fields: protocol.Properties{
		"burst":   {Kind: protocol.Integer},
		"qps":     {Kind: protocol.Number},
		"timeout": {Kind: protocol.Integer},
	}},
	"helmReleaseSettings": {Kind: protocol.Object, Fields: protocol.Properties{
		"driver":               {Kind: protocol.String},
		"pluginsPath":          {Kind: protocol.String},
		"registryConfigPath":   {Kind: protocol.String},
		"repositoryCache":      {Kind: protocol.String},
		"repositoryConfigPath": {Kind: protocol.String},
	}},
}

// settings are the provider's inputs as read.
type settings struct {
	kubeconfig, context, cluster, namespace string
	clientSideApply                         bool
	mutableConfigMaps, mutableSecrets       bool
	patchForce, upsert                      bool
	deleteUnreachable, skipUnreachable      bool
	quiet                                   bool
	client                                  clientSettings
}

type clientSettings struct {
	Burst   int     `json:"burst"`
	QPS     float32 `json:"qps"`
	Timeout int     `json:"timeout"`
}

// readSettings reads the provider's inputs; what is not a string comes as JSON in one.
func readSettings(inputs resource.PropertyMap) (settings, error) {
	var failed error
	text := func(name resource.PropertyKey) string {
		if value := protocol.Plain(inputs[name]); value.IsString() {
			return value.StringValue()
		}
		return ""
	}
	flag := func(name resource.PropertyKey, variable string) bool {
		given := protocol.Plain(inputs[name])
		if given.IsBool() {
			return given.BoolValue()
		}
		written := text(name)
		if written == "" && variable != "" {
			written = os.Getenv(variable)
		}
		if written == "" {
			return false
		}
		value, err := strconv.ParseBool(written)
		if err != nil {
			failed = fmt.Errorf("%s: %q is neither true nor false", name, written)
		}
		return value
	}
	read := settings{
		kubeconfig: text("kubeconfig"), context: text("context"), cluster: text("cluster"), namespace: text("namespace"),
		mutableConfigMaps: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
		mutableSecrets:    flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
		patchForce:        flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
		upsert:            flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
		deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
		skipUnreachable:   flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
		quiet:             flag("suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
		client:            clientSettings{Burst: 120, QPS: 50},
	}
	apply := resource.PropertyKey("enableServerSideApply")
	if text(apply) != "" || protocol.Plain(inputs[apply]).IsBool() || os.Getenv(applyVariable) != "" {
		read.clientSideApply = !flag(apply, applyVariable)
	}
	if written := text("kubeClientSettings"); written != "" {
		if err := json.Unmarshal([]byte(written), &read.client); err != nil {
			failed = fmt.Errorf("kubeClientSettings: %w", err)
		}
	}
	return read, failed
}

const applyVariable = "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY"
