import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";
import { minorOf } from "../version";
import { compareMinors, kubernetesMinor } from "../versions";

/** Versions that do not work together. */
export function consistentVersions({ kubernetes, etcd }: SiteSpec): Problem[] {
  const { oldestEtcd, etcd: usual } = kubernetesMinor(kubernetes.version);
  return compareMinors(etcd.version, oldestEtcd) < 0
    ? [
        {
          path: "etcd.version",
          fact: `etcd ${etcd.version} is older than ${oldestEtcd}, the oldest that Kubernetes ${minorOf(kubernetes.version)} works with`,
          fix: `use ${usual}`,
        },
      ]
    : [];
}
