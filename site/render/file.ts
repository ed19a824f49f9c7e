import type { Content, SecretRef } from "./content";

/** What is restarted, reloaded or run again when a file changes. */
export type Unit =
  | "kernel"
  | "clock"
  /** journald, which has its bound from it. */
  | "journal"
  /** The timer that keeps logs small. */
  | "logs"
  | "etcd"
  /** Read by etcd at every connection; nothing is restarted. */
  | "etcd-connections"
  | "defragment"
  | "backup"
  /** The timer that puts the next certificates in force. */
  | "successor"
  /** The socket at which a machine tells its metrics. */
  | "metrics"
  /** What sends a machine's logs. */
  | "log-sender"
  /** Read by what watches the site, which follows its certificates by itself. */
  | "monitoring"
  | "haproxy"
  | "keepalived"
  | "containerd"
  /** Read by containerd at every pull; nothing is restarted. */
  | "registry-client"
  /** The site's own registry, HAProxy before it, and the timer that copies what only the other copy has. */
  | "registry"
  | "registry-front"
  | "registry-copy"
  | "pod-network"
  | "kubelet"
  | "kube-proxy"
  /** The manifests of the three below; kubeadm writes them again. */
  | "static-pods"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  /** What the cluster keeps of its own configuration. */
  | "cluster"
  /** Not installed; there only while `kubeadm init` runs. */
  | "kubeadm-init";

/** A file that a machine gets, under `files/` in its archive. */
export interface FileSpec {
  /** Absolute. */
  path: string;
  mode: number;
  /** `user:group`. */
  owner: string;
  content: Content;
  /** The units that read it. */
  units: Unit[];
}

type Options = { mode?: number; owner?: string };

/** A file that anybody on the machine may read, unless told otherwise. */
export function file(path: string, content: string | Content, units: Unit[], options: Options = {}): FileSpec {
  return {
    path,
    mode: options.mode ?? 0o644,
    owner: options.owner ?? "root:root",
    content: typeof content === "string" ? [content] : content,
    units,
  };
}

/** A file that only its owner may read (S4). */
export function privateFile(path: string, content: string | Content, units: Unit[], owner = "root:root"): FileSpec {
  return file(path, content, units, { mode: 0o600, owner });
}

/** A certificate and its key: `path.crt` and `path.key`. */
export function certificateFiles(path: string, id: string, units: Unit[], owner = "root:root"): FileSpec[] {
  return [
    file(`${path}.crt`, secret(`certificate/${id}`), units, { owner }),
    privateFile(`${path}.key`, secret(`key/${id}`), units, owner),
  ];
}

export function secret(ref: SecretRef): Content {
  return [{ secret: ref }];
}
