// Prints the feature gates that the kubelet and kube-proxy know, as JSON: name → the values that may be set. These are the packages of
// the kubelet's program that add any. ./extract.sh runs it for one version.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"k8s.io/apiserver/pkg/util/feature"
	logs "k8s.io/component-base/logs/api/v1"
	metrics "k8s.io/component-base/metrics/features"
	_ "k8s.io/controller-manager/pkg/features/register"
	_ "k8s.io/kubernetes/pkg/features"
)

func main() {
	known := feature.DefaultMutableFeatureGate
	if err := errors.Join(logs.AddFeatureGates(known), metrics.AddFeatureGates(known)); err != nil {
		panic(err)
	}
	gates := map[string]string{}
	for name, spec := range known.GetAll() {
		gates[string(name)] = "true or false"
		if spec.LockToDefault {
			gates[string(name)] = fmt.Sprint(spec.Default)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(gates); err != nil {
		panic(err)
	}
}
