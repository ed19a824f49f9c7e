import type { ConfigurationFields } from "./kubernetes/fields";
import fields135 from "./kubernetes/fields-1.35.json";
import fields136 from "./kubernetes/fields-1.36.json";
import fields137 from "./kubernetes/fields-1.37.json";
import { minorOf, versionOf } from "./version";

/** A minor version of Kubernetes, and what goes with it. */
export interface KubernetesMinor {
  /** The patch release that the tests run. */
  tested: string;
  /** Until when it gets security fixes (kubernetes.io/releases), RFC 3339. */
  endOfLife: string;
  /** The minor version of etcd that kubeadm of this version ships, and a site gets that names none. */
  etcd: string;
  /** The oldest minor versions that kubeadm and the kubelet work with. */
  oldestEtcd: string;
  oldestContainerd: string;
  /** The API of kubeadm's configuration files. */
  kubeadmApi: string;
  /** The tag of `pause` that kubeadm asks for. */
  pause: string;
  /** What may stand for blocks of addresses in kube-proxy's nodePortAddresses; of one word only, it stands there alone. */
  nodePortWords: readonly string[];
  /** The version of CoreDNS that a site gets. It stays for a minor version, as templates hold its image. */
  coreDns: string;
  /** The fields of the kubelet's and kube-proxy's configuration; `kubernetes/extract.sh` reads them from the programs' own types. */
  fields: ConfigurationFields;
}

/**
 * Every supported minor version of Kubernetes, oldest first. A new one is a row here; docs/extending/kubernetes-minor.md tells what
 * else the lab needs to test it.
 */
const KUBERNETES = {
  "1.35": {
    tested: "1.35.4",
    endOfLife: "2027-02-28",
    etcd: "3.6",
    oldestEtcd: "3.5",
    oldestContainerd: "1.7",
    kubeadmApi: "kubeadm.k8s.io/v1beta4",
    pause: "3.10.1",
    nodePortWords: ["primary"],
    coreDns: "1.14.7",
    fields: fields135 as ConfigurationFields,
  },
  "1.36": {
    tested: "1.36.3",
    endOfLife: "2027-06-28",
    etcd: "3.6",
    oldestEtcd: "3.5",
    oldestContainerd: "2.0",
    kubeadmApi: "kubeadm.k8s.io/v1beta4",
    pause: "3.10.2",
    nodePortWords: ["primary"],
    coreDns: "1.14.7",
    fields: fields136 as ConfigurationFields,
  },
  "1.37": {
    tested: "1.37.2",
    endOfLife: "2027-10-28",
    etcd: "3.7",
    oldestEtcd: "3.5",
    oldestContainerd: "2.0",
    kubeadmApi: "kubeadm.k8s.io/v1beta4",
    pause: "3.10.2",
    nodePortWords: ["primary", "localhost", "all"],
    coreDns: "1.15.0",
    fields: fields137 as ConfigurationFields,
  },
} as const satisfies Record<string, KubernetesMinor>;

export type SupportedMinor = keyof typeof KUBERNETES;
/** Oldest first. */
export const SUPPORTED_MINORS = Object.keys(KUBERNETES) as SupportedMinor[];
export const OLDEST_MINOR = SUPPORTED_MINORS[0] as SupportedMinor;
export const NEWEST_MINOR = SUPPORTED_MINORS.at(-1) as SupportedMinor;

/** A minor version of etcd. */
interface EtcdMinor {
  /** Settings that became permanent in 3.6 have experimental names in it. */
  experimentalNames: boolean;
  /** It reads what 3.5 wrote into its log. A member of one that does not may not start from such a log. */
  readsOldLog: boolean;
}

const ETCD: Record<string, EtcdMinor> = {
  "3.5": { experimentalNames: true, readsOldLog: true },
  "3.6": { experimentalNames: false, readsOldLog: true },
  "3.7": { experimentalNames: false, readsOldLog: false },
};

/** Oldest first. */
export const ETCD_MINORS = Object.keys(ETCD);

/**
 * The images of what a site adds to Kubernetes, below a registry: Kubernetes' own, but for `kubeRouter` and `localPathProvisioner`, which
 * are Docker's, and MetalLB's, which are Quay's.
 */
export interface AddonImages {
  coreDns: string;
  metricsServer: string;
  descheduler: string;
  kubeRouter: string;
  metalLbController: string;
  metalLbSpeaker: string;
  localPathProvisioner: string;
}

/** The add-ons' images for a version of Kubernetes. */
export function addonImages(version: string): AddonImages {
  return {
    coreDns: `coredns/coredns:v${kubernetesMinor(version).coreDns}`,
    metricsServer: "metrics-server/metrics-server:v0.9.0",
    descheduler: "descheduler/descheduler:v0.36.0",
    kubeRouter: "cloudnativelabs/kube-router:v2.1.0",
    metalLbController: "metallb/controller:v0.16.2",
    metalLbSpeaker: "metallb/speaker:v0.16.2",
    localPathProvisioner: "rancher/local-path-provisioner:v0.0.30",
  };
}

/** The images of what watches a site that is watched, below Docker's registry. */
export const MONITORING_IMAGES = {
  victoriaMetrics: "victoriametrics/victoria-metrics:v1.148.9",
  vmalert: "victoriametrics/vmalert:v1.148.9",
  vmagent: "victoriametrics/vmagent:v1.148.9",
  victoriaLogs: "victoriametrics/victoria-logs:v1.52.2",
  alertmanager: "prom/alertmanager:v0.35.0",
} as const;

/** The images of Flux's controllers, below GitHub's registry. */
export const FLUX_IMAGES = {
  source: "fluxcd/source-controller:v1.9.6",
  kustomize: "fluxcd/kustomize-controller:v1.9.6",
} as const;

/** The images of what answers for Gateways, below Docker's registry, and of what issues their certificates, below Quay's. */
export const GATEWAY_IMAGES = {
  traefik: "library/traefik:v3.7.13",
  certManager: "jetstack/cert-manager-controller:v1.21.2",
} as const;

/** The release of the Gateway API whose kinds a site knows: components/addons/gatewayApi/definitions.json is made from it. */
export const GATEWAY_API = "1.6.3";

/** Negative if the minor version of `a` is older than that of `b`. */
export function compareMinors(a: string, b: string): number {
  return versionOf(minorOf(a)).compare(versionOf(minorOf(b)));
}

/** What goes with a version of Kubernetes: `1.36.3`. One that is older or newer than all is taken as the nearest. */
export function kubernetesMinor(version: string): KubernetesMinor {
  const atMost = SUPPORTED_MINORS.filter((minor) => compareMinors(minor, version) <= 0);
  return KUBERNETES[atMost.at(-1) ?? OLDEST_MINOR];
}

/** The same of etcd: `3.6` or `3.6.8`. */
export function etcdMinor(version: string): EtcdMinor {
  const atMost = ETCD_MINORS.filter((minor) => compareMinors(minor, version) <= 0);
  return ETCD[atMost.at(-1) ?? "3.5"] as EtcdMinor;
}
