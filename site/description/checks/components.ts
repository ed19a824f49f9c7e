import { mistyped } from "../kubernetes/fieldTypes";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";
import { kubernetesMinor } from "../versions";
import { consistentKubelet } from "./kubelet";
import { consistentKubeProxy } from "./kubeProxy";

/** The kubelet's and kube-proxy's own fields: known to this version of Kubernetes, of the right type, and possible. */
export function consistentComponents(spec: SiteSpec): Problem[] {
  const fields = kubernetesMinor(spec.kubernetes.version).fields;
  const types = (["kubelet", "kubeProxy"] as const).flatMap((name) =>
    mistyped(fields[name], spec.kubernetes[name], `kubernetes.${name}`),
  );
  const told = new Set(types.map((p) => p.path));
  const values = [...consistentKubelet(spec), ...consistentKubeProxy(spec)];
  return [...types, ...values.filter((p) => !told.has(p.path))];
}
