import type { Bounds } from "../pki/nameConstraints";

/**
 * What rules judge beside machines: keys, certificates, commands, Kubernetes objects. In every one of them a field that is
 * `undefined` is not known (yet), and `null` is not there: nobody set it.
 */
export interface ObjectFacts {
  keys: KeyFact[];
  certificates: CertificateFact[];
  connections: ConnectionFact[];
  exposures: ExposureFact[];
  configurations: ConfigurationFact[];
  workloads: WorkloadFact[];
  budgets: BudgetFact[];
  namespaces: NamespaceFact[];
  grants: GrantFact[];
  vcenters: VcenterFact[];
  issuers: IssuerFact[];
}

export type ObjectKind = keyof ObjectFacts;

/** Not known, not there, or this. */
export type Maybe<T> = T | null | undefined;

/** A private key. */
export interface KeyFact {
  path: string;
  algorithm: Maybe<string>;
  /** For RSA. */
  bits: Maybe<number>;
  /** For ECDSA. */
  curve: Maybe<string>;
  /** Whether it is an authority's. */
  ofAuthority?: boolean;
  /** What holds it beside certificates and requests: commands, machines, objects. */
  heldBy?: string[];
}

/** A certificate, or the order for one. */
export interface CertificateFact {
  path: string;
  authority: Maybe<boolean>;
  selfSigned: boolean;
  usages: Maybe<string[]>;
  validityHours: Maybe<number>;
  earlyRenewalHours: Maybe<number>;
  /** When it ends, RFC 3339; not known before it is issued. */
  ends?: string;
  /** The key it is for, by name. */
  key?: string;
  /** The names and addresses it is valid for. */
  names?: string[];
}

/** An SSH connection that a program opens. */
export interface ConnectionFact {
  path: string;
  /** The property that describes it. */
  place: string;
  address: Maybe<string>;
  /** Whether the host key is pinned; one that is not known yet was given. */
  pinned: boolean;
}

/** A place that others can read, and what secret of theirs is in it. */
export interface ExposureFact {
  path: string;
  /** `command`: process lists and logs. `guestinfo`: vCenter. `state`: the state and every diff, where it is no secret. */
  where: "command" | "guestinfo" | "state";
  /** The property. */
  place: string;
  /** `EC PRIVATE KEY`, `value of a Secret` …; not known = the property is not. */
  secret: Maybe<string>;
}

/** What a machine is configured with: the files of its archive that rules can read. */
export interface ConfigurationFact {
  path: string;
  /** Flags of the API server; none = the machine has no API server. */
  apiServer: Maybe<Readonly<Record<string, string>>>;
  /** The API server's configuration files, parsed, by the last part of their name. */
  files: Readonly<Record<string, unknown>>;
  kubelet: Maybe<Readonly<Record<string, unknown>>>;
  etcd: Maybe<Readonly<Record<string, unknown>>>;
  /** The version of Kubernetes it is made for, as kubeadm is told. */
  version: Maybe<string>;
  /** Checks of kubeadm that are ignored. */
  ignoredChecks: Maybe<string[]>;
  /** Files with a private key in them that others than their owner may read. */
  openKeys: Maybe<string[]>;
  /** Whether an authority's private key is among the files. */
  authorityKeys: Maybe<string[]>;
}

/** Something that runs pods: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod. */
export interface WorkloadFact {
  path: string;
  kind: string;
  namespace: Maybe<string>;
  replicas: Maybe<number>;
  /** The pods' labels. */
  labels: Maybe<Readonly<Record<string, string>>>;
  /** The host's namespaces that its pods share. */
  hostNamespaces: Maybe<string[]>;
  hostPaths: Maybe<string[]>;
  /** Whether its pods are kept on different nodes or zones. */
  spread: Maybe<boolean>;
  serviceAccount: Maybe<string>;
  mountsToken: Maybe<boolean>;
  containers: ContainerFact[];
}

export interface ContainerFact {
  name: string;
  /** Whether it ends before the others start. */
  init: boolean;
  image: Maybe<string>;
  requests: { cpu: Maybe<string>; memory: Maybe<string> };
  memoryLimit: Maybe<string>;
  readiness: Maybe<boolean>;
  liveness: Maybe<boolean>;
  privileged: Maybe<boolean>;
  escalation: Maybe<boolean>;
  readOnlyRoot: Maybe<boolean>;
  drops: Maybe<string[]>;
  runAsNonRoot: Maybe<boolean>;
  runAsUser: Maybe<number>;
  seccomp: Maybe<string>;
}

export interface BudgetFact {
  path: string;
  namespace: Maybe<string>;
  /** What it selects by; none or not known = it is taken to be the right one. */
  matchLabels: Maybe<Readonly<Record<string, string>>>;
  /** Whether it forbids every eviction. */
  blocks: Maybe<boolean>;
}

/** A namespace, and what in the same program belongs to it. */
export interface NamespaceFact {
  path: string;
  name: Maybe<string>;
  podSecurity: Maybe<string>;
  /** Whether a NetworkPolicy denies what none allows. */
  defaultDeny?: boolean;
  quota?: boolean;
  limitRange?: boolean;
}

/** A role, or the binding of one, as far as it may give too much. */
export interface GrantFact {
  path: string;
  /** The role that is bound, for bindings. */
  role: Maybe<string>;
  subjects: Maybe<string[]>;
  /** Rules that allow everything on everything, for roles. */
  everything: Maybe<boolean>;
}

/** An authority whose key lies in an object of the cluster, and what it may sign for. */
export interface IssuerFact extends Bounds {
  path: string;
}

/** A connection to a vCenter. */
export interface VcenterFact {
  path: string;
  verified: Maybe<boolean>;
}
