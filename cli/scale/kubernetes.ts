/** Kubernetes' objects, as far as they are read here. */

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; uid: string; controller?: boolean }[];
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface SelectorTerm {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: Requirement[];
}

type Resources = { resources?: { requests?: Record<string, string> } };

export interface Pod {
  metadata: ObjectMeta;
  spec: Resources & {
    nodeName?: string;
    priority?: number;
    nodeSelector?: Record<string, string>;
    tolerations?: Toleration[];
    overhead?: Record<string, string>;
    containers: Resources[];
    initContainers?: (Resources & { restartPolicy?: string })[];
    volumes?: { persistentVolumeClaim?: { claimName: string } }[];
    affinity?: {
      nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: SelectorTerm[] } };
      podAntiAffinity?: {
        requiredDuringSchedulingIgnoredDuringExecution?: { topologyKey: string; labelSelector?: LabelSelector }[];
      };
    };
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

export interface Node {
  metadata: ObjectMeta;
  spec: { unschedulable?: boolean; taints?: Taint[] };
  status: { allocatable?: Record<string, string>; conditions?: { type: string; status: string }[] };
}

export interface Volume {
  metadata: ObjectMeta;
  spec: {
    claimRef?: { namespace: string; name: string };
    nodeAffinity?: { required?: { nodeSelectorTerms: SelectorTerm[] } };
  };
}

/** What a pod's containers use, by metrics.k8s.io. */
export interface PodMetrics {
  metadata: ObjectMeta;
  containers: { usage: Record<string, string> }[];
}

export const HOSTNAME = "kubernetes.io/hostname";
