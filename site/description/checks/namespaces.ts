import { FLUX_NAMESPACE, hasFlux } from "../flux";
import { CERT_MANAGER_NAMESPACE, hasGatewayApi, TRAEFIK_NAMESPACE } from "../gatewayApi";
import { hasLocalVolumes, VOLUMES_NAMESPACE } from "../localVolumes";
import { hasMetalLb, METALLB_NAMESPACE } from "../metalLb";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** Namespaces that are somebody else's or there twice, and amounts that contradict each other. */
export function consistentNamespaces(spec: SiteSpec): Problem[] {
  const { namespaces = [] } = spec;
  return namespaces.flatMap(({ name, quota, limitRange }, i): Problem[] => {
    const problems: Problem[] = [];
    const add = (path: string, fact: string, fix: string) =>
      problems.push({ path: `namespaces[${i}].${path}`, fact, fix });
    const earlier = namespaces.findIndex((other) => other.name === name);
    if (earlier < i) add("name", `${name} is already listed at namespaces[${earlier}]`, "list it once");
    if (name === "default" || name.startsWith("kube-"))
      add("name", `${name} is Kubernetes' own`, "use a name that does not begin with kube-, and is not default");
    if (hasMetalLb(spec) && name === METALLB_NAMESPACE)
      add("name", `${name} is MetalLB's, which network.serviceAddresses brings`, "use another name");
    if (hasLocalVolumes(spec) && name === VOLUMES_NAMESPACE)
      add("name", `${name} is local-path-provisioner's, which addons.localVolumes brings`, "use another name");
    if (hasFlux(spec) && name === FLUX_NAMESPACE)
      add("name", `${name} is Flux's, which gitops.flux brings`, "use another name");
    if (hasGatewayApi(spec) && (name === TRAEFIK_NAMESPACE || name === CERT_MANAGER_NAMESPACE))
      add("name", `${name} is its own, which addons.gatewayApi brings`, "use another name");
    if (!limitRange.enabled) return problems;
    if (limitRange.memoryLimitMiB < limitRange.memoryMiB)
      add(
        "limitRange.memoryLimitMiB",
        `${limitRange.memoryLimitMiB} is less than what a container requests, ${limitRange.memoryMiB}`,
        `use at least ${limitRange.memoryMiB}`,
      );
    if (quota && quota.memoryGiB * 1024 < limitRange.memoryMiB)
      add(
        "quota.memoryGiB",
        `${quota.memoryGiB} GiB are less than one container requests, ${limitRange.memoryMiB} MiB`,
        "use more, or lower limitRange.memoryMiB",
      );
    if (quota && quota.cpus < limitRange.cpus)
      add(
        "quota.cpus",
        `${quota.cpus} are less than one container requests, ${limitRange.cpus}`,
        "use more, or lower limitRange.cpus",
      );
    return problems;
  });
}
