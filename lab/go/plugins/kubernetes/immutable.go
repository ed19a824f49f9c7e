package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// identityPaths are what makes an object another one.
var identityPaths = []string{"apiVersion", "kind", "metadata.name", "metadata.namespace"}

// immutablePaths are the fields, by kind, that no update of the API can change.
var immutablePaths = map[schema.GroupKind][]string{
	{Group: "apps", Kind: "DaemonSet"}:  {"spec.selector"},
	{Group: "apps", Kind: "Deployment"}: {"spec.selector"},
	{Group: "apps", Kind: "StatefulSet"}: {
		"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName",
		"spec.volumeClaimTemplates",
	},
	{Group: "batch", Kind: "Job"}:                                    {"spec.completions", "spec.parallelism", "spec.selector", "spec.template"},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: {"roleRef"},
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:        {"roleRef"},
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                  {"parameters", "provisioner"},
	{Kind: "PersistentVolume"}: {
		"spec.csi", "spec.fc", "spec.flexVolume", "spec.hostPath", "spec.iscsi", "spec.local", "spec.nfs",
		"spec.awsElasticBlockStore", "spec.azureDisk", "spec.azureFile", "spec.cephfs", "spec.cinder", "spec.flocker",
		"spec.gcePersistentDisk", "spec.glusterfs", "spec.photonPersistentDisk", "spec.portworxVolume",
		"spec.quobyte", "spec.rbd", "spec.scaleIO", "spec.storageos", "spec.vsphereVolume",
	},
	{Kind: "PersistentVolumeClaim"}: {
		"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName",
	},
	{Kind: "Pod"}:           {"spec"},
	{Kind: "ResourceQuota"}: {"spec.scopes"},
	{Kind: "Service"}:       {"spec.clusterIP"},
}

// replacing are the paths at which a change takes a new object.
func (p *Provider) replacing(object *unstructured.Unstructured, patch bool) []resource.PropertyPath {
	texts := identityPaths
	kind := object.GroupVersionKind().GroupKind()
	immutable, _, _ := unstructured.NestedBool(object.Object, "immutable")
	switch {
	case patch:
	case kind == schema.GroupKind{Kind: "Secret"}:
		texts = append(texts, "type")
		if immutable || !p.settings.mutableSecrets {
			texts = append(texts, "data", "stringData")
		}
	case kind == schema.GroupKind{Kind: "ConfigMap"}:
		if immutable || !p.settings.mutableConfigMaps {
			texts = append(texts, "data", "binaryData")
		}
	default:
		texts = append(texts, immutablePaths[kind]...)
	}
	paths := make([]resource.PropertyPath, len(texts))
	for i, text := range texts {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			panic(err)
		}
		paths[i] = path
	}
	return paths
}

func anyContains(paths []resource.PropertyPath, path resource.PropertyPath) bool {
	for _, one := range paths {
		if one.Contains(path) || path.Contains(one) {
			return true
		}
	}
	return false
}
