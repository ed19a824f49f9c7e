import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";
import { minorOf, versionOf } from "../version";
import { compareMinors, kubernetesMinor, NEWEST_MINOR } from "../versions";

/** Versions that there are not, or that do not work together. */
export function consistentVersions({ kubernetes, etcd }: SiteSpec): Problem[] {
  const { oldestEtcd, etcd: usual, tested } = kubernetesMinor(kubernetes.version);
  const { major } = versionOf(kubernetes.version);
  if (major > versionOf(NEWEST_MINOR).major)
    return [{ path: "kubernetes.version", fact: `there is no Kubernetes ${major}`, fix: `use ${tested}` }];
  if (versionOf(etcd.version).major > versionOf(usual).major)
    return [{ path: "etcd.version", fact: `there is no etcd ${versionOf(etcd.version).major}`, fix: `use ${usual}` }];
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
