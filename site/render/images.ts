import { hasFlux } from "../description/flux";
import { hasGatewayApi } from "../description/gatewayApi";
import { hasLocalVolumes } from "../description/localVolumes";
import { hasMetalLb } from "../description/metalLb";
import { runsKubeRouter } from "../description/podNetwork";
import type { SiteSpec } from "../description/spec";
import { addonImages, FLUX_IMAGES, GATEWAY_IMAGES, kubernetesMinor, MONITORING_IMAGES } from "../description/versions";
import type { SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";

/** Kubernetes' own registry, from which images come where the site names none. */
export const REGISTRY = "registry.k8s.io";

/** Docker's, from which images come that Kubernetes' own does not have. */
const DOCKER_REGISTRY = "docker.io";

/** Red Hat's, which has MetalLB's and cert-manager's. */
const QUAY = "quay.io";

/** GitHub's, which has Flux's. */
const GITHUB_REGISTRY = "ghcr.io";

/** An image that a site runs. */
export interface Image {
  /** As it is asked for: registry, path and tag. */
  image: string;
  /** Where it comes from, to be mirrored. */
  source: string;
  /** What asks for it: `kubeadm`, `containerd`, `add-on` or `pod network`. */
  usedBy: "kubeadm" | "containerd" | "add-on" | "pod network";
}

/** An image below the site's own repository, if it has one (D5). */
export function imageOf({ kubernetes }: SiteSpec, path: string, registry = REGISTRY): string {
  return `${kubernetes.imageRepository ?? registry}/${path}`;
}

/** The image of what enforces NetworkPolicy in a `routed` pod network. */
export function kubeRouterImage(spec: SiteSpec): string {
  return imageOf(spec, addonImages(spec.kubernetes.version).kubeRouter, DOCKER_REGISTRY);
}

/** The images of what answers for Services of type LoadBalancer. */
export function metalLbImages(spec: SiteSpec): { controller: string; speaker: string } {
  const { metalLbController, metalLbSpeaker } = addonImages(spec.kubernetes.version);
  return { controller: imageOf(spec, metalLbController, QUAY), speaker: imageOf(spec, metalLbSpeaker, QUAY) };
}

/** The image of what gives claims volumes on workers' disks; its shell is what makes and empties them, too. */
export function localVolumesImage(spec: SiteSpec): string {
  return imageOf(spec, addonImages(spec.kubernetes.version).localPathProvisioner, DOCKER_REGISTRY);
}

/** The images of what watches a site. */
export function monitoringImages(spec: SiteSpec) {
  const of = (path: string) => imageOf(spec, path, DOCKER_REGISTRY);
  const { victoriaMetrics, vmagent, vmalert, alertmanager, victoriaLogs } = MONITORING_IMAGES;
  return {
    victoriaMetrics: of(victoriaMetrics),
    vmagent: of(vmagent),
    vmalert: of(vmalert),
    alertmanager: of(alertmanager),
    victoriaLogs: of(victoriaLogs),
  };
}

/** The images of what applies what a repository says. */
export function fluxImages(spec: SiteSpec) {
  const { source, kustomize } = FLUX_IMAGES;
  return { source: imageOf(spec, source, GITHUB_REGISTRY), kustomize: imageOf(spec, kustomize, GITHUB_REGISTRY) };
}

/** The images of what answers for Gateways, and of what issues their certificates. */
export function gatewayImages(spec: SiteSpec) {
  const { traefik, certManager } = GATEWAY_IMAGES;
  return { traefik: imageOf(spec, traefik, DOCKER_REGISTRY), certManager: imageOf(spec, certManager, QUAY) };
}

function watchingImages({ addons: { monitoring } }: SiteSpec): string[] {
  const { victoriaMetrics, vmagent, vmalert, alertmanager, victoriaLogs } = MONITORING_IMAGES;
  if (monitoring === undefined) return [];
  return [
    victoriaMetrics,
    ...(monitoring.remoteWrite ? [vmagent] : []),
    vmalert,
    ...(monitoring.alerts.length > 0 ? [alertmanager] : []),
    ...(monitoring.logs ? [victoriaLogs] : []),
  ];
}

/** The image of a program that is released with Kubernetes. */
export function kubernetesImage(spec: SiteSpec, program: string): string {
  return imageOf(spec, `${program}:v${spec.kubernetes.version}`);
}

/** What containerd starts a pod from. It knows it by its own configuration, which comes with the machine. */
export function sandboxImage(spec: SiteSpec): string {
  return imageOf(spec, `pause:${kubernetesMinor(spec.kubernetes.version).pause}`);
}

/** Whether copies of workloads are moved to hosts that are back: where there is a choice of nodes. */
export function hasDescheduler(plan: SitePlan): boolean {
  return plan.spec.addons.descheduler.enabled && machinesOf(plan, "worker").length > 1;
}

/**
 * Every image that a site's machines run by themselves. Those of a pod network of somebody else's are in its manifest or chart. containerd asks for
 * `pause` by the name in its own configuration, which comes with the machine.
 */
export function imagesOf(plan: SitePlan): Image[] {
  const { spec } = plan;
  const { version } = spec.kubernetes;
  const programs = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
  const { coreDns, metricsServer, descheduler, kubeRouter, ...optional } = addonImages(version);
  const { metalLbController, metalLbSpeaker, localPathProvisioner } = optional;
  const addons = [coreDns, metricsServer, ...(hasDescheduler(plan) ? [descheduler] : [])];
  const image = (usedBy: Image["usedBy"], path: string, registry = REGISTRY): Image => ({
    image: imageOf(spec, path, registry),
    source: `${registry}/${path}`,
    usedBy,
  });
  return [
    ...programs.map((program) => image("kubeadm", `${program}:v${version}`)),
    image("containerd", `pause:${kubernetesMinor(version).pause}`),
    ...addons.map((path) => image("add-on", path)),
    ...(hasMetalLb(spec) ? [metalLbController, metalLbSpeaker].map((path) => image("add-on", path, QUAY)) : []),
    ...(hasLocalVolumes(spec) ? [image("add-on", localPathProvisioner, DOCKER_REGISTRY)] : []),
    ...(hasFlux(spec) ? Object.values(FLUX_IMAGES).map((path) => image("add-on", path, GITHUB_REGISTRY)) : []),
    ...(hasGatewayApi(spec)
      ? [image("add-on", GATEWAY_IMAGES.traefik, DOCKER_REGISTRY), image("add-on", GATEWAY_IMAGES.certManager, QUAY)]
      : []),
    ...watchingImages(spec).map((path) => image("add-on", path, DOCKER_REGISTRY)),
    ...(runsKubeRouter(spec) ? [image("pod network", kubeRouter, DOCKER_REGISTRY)] : []),
  ];
}
