import { mistyped } from "../kubernetes/fieldTypes";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";
import { kubernetesMinor } from "../versions";
import { consistentKubelet } from "./kubelet";
import { consistentKubeProxy } from "./kubeProxy";

/** The kubelet's and kube-proxy's own fields: known to this version of Kubernetes, of the right type, and possible. */
export function consistentComponents(spec: SiteSpec): Problem[] {
  const { kubelet, kubeProxy } = kubernetesMinor(spec.kubernetes.version).fields;
  const common = spec.kubernetes.kubelet;
  return [
    ...fitting(mistyped(kubelet, common, "kubernetes.kubelet"), consistentKubelet(spec, common, "kubernetes.kubelet")),
    ...fitting(mistyped(kubeProxy, spec.kubernetes.kubeProxy, "kubernetes.kubeProxy"), consistentKubeProxy(spec)),
    ...spec.workers.flatMap(({ kubelet: own = {} }, i) => {
      const path = `workers[${i}].kubelet`;
      // Its fields come after the common ones; what is wrong with those alone is told there.
      const values = consistentKubelet(spec, { ...common, ...own }, path).filter((problem) =>
        Object.keys(own).some((field) => `${problem.path}.`.startsWith(`${path}.${field}.`)),
      );
      return fitting(mistyped(kubelet, own, path), values);
    }),
  ];
}

/** What a field of the wrong type holds is told by its type alone. */
function fitting(types: Problem[], values: Problem[]): Problem[] {
  const told = new Set(types.map(({ path }) => path));
  return [...types, ...values.filter(({ path }) => !told.has(path))];
}
