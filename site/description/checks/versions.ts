import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";
import { minorOf, versionOf } from "../version";
import { compareMinors, ETCD_MINORS, kubernetesMinor, NEWEST_MINOR } from "../versions";

/** Versions that there are not, that this program does not know yet, or that do not work together. */
export function consistentVersions({ kubernetes, etcd }: SiteSpec): Problem[] {
  const { oldestEtcd, etcd: usual, tested } = kubernetesMinor(kubernetes.version);
  const ofKubernetes = unknown("kubernetes.version", "Kubernetes", kubernetes.version, NEWEST_MINOR, tested);
  if (ofKubernetes) return [ofKubernetes];
  const ofEtcd = unknown("etcd.version", "etcd", etcd.version, ETCD_MINORS.at(-1) ?? usual, usual);
  if (ofEtcd) return [ofEtcd];
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

/** What is newer than the newest that is known: nobody can say what its files look like, nor what it works with. */
function unknown(path: string, what: string, version: string, newest: string, use: string): Problem | undefined {
  const { major } = versionOf(version);
  if (major > versionOf(newest).major) return { path, fact: `there is no ${what} ${major}`, fix: `use ${use}` };
  return compareMinors(version, newest) > 0
    ? {
        path,
        fact: `${what} ${minorOf(version)} is newer than ${newest}, the newest that this program knows`,
        fix: `use ${use}, or install a newer groundwork`,
      }
    : undefined;
}
