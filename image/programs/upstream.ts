import { join } from "node:path";
import { type Artifact, goBuild } from "../build/artifact";

/** Upstream's commands out of one Go module of ours: command name → Go package. */
interface Upstream {
  name: string;
  version: string;
  title: string;
  expected: string;
  commands: Record<string, string>;
  /** Go variables that carry the version: `path.Name=value`. */
  variables?: string[];
  /** The folder of the module in lab/go. Default: the name. */
  folder?: string;
}

export function upstream({
  name,
  version,
  title,
  expected,
  commands,
  variables = [],
  folder = name,
}: Upstream): Artifact {
  const module = `lab/go/${folder}`;
  const ldflags = variables.map((variable) => `-X ${variable}`).join(" ");
  return {
    name,
    version,
    title: `${title} ${version}`,
    expected,
    inputs: [module, ldflags, JSON.stringify(commands)],
    build: async (dir, run) => {
      for (const [command, package_] of Object.entries(commands)) {
        await goBuild(run, { module, package: package_, output: join(dir, command), ldflags });
      }
    },
  };
}

export function named(prefix: string, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name.slice(name.lastIndexOf("/") + 1), `${prefix}/${name}`]));
}

const kubernetesCommands = [
  "cmd/kubeadm",
  "cmd/kubelet",
  "cmd/kubectl",
  "cmd/kube-apiserver",
  "cmd/kube-controller-manager",
  "cmd/kube-scheduler",
  "cmd/kube-proxy",
];

function kubernetesOf(version: string, commands: string[], folder?: string): Artifact {
  const minor = version.split(".")[1];
  return upstream({
    name: "kubernetes",
    version,
    folder,
    title: "Kubernetes",
    expected: "about 6 min",
    commands: named("k8s.io/kubernetes", commands),
    variables: [
      `k8s.io/component-base/version.gitVersion=v${version}`,
      "k8s.io/component-base/version.gitMajor=1",
      `k8s.io/component-base/version.gitMinor=${minor}`,
      "k8s.io/component-base/version.gitTreeState=clean",
    ],
  });
}

function etcdOf(version: string, folder?: string): Artifact {
  const program = (name: string) => `go.etcd.io/etcd/${name}/v3`;
  const commands = { etcd: program("server"), etcdctl: program("etcdctl"), etcdutl: program("etcdutl") };
  return upstream({ name: "etcd", version, folder, title: "etcd", expected: "about 20 s", commands });
}

function corednsOf(version: string, folder?: string): Artifact {
  const commands = { coredns: "github.com/coredns/coredns" };
  return upstream({ name: "coredns", version, folder, title: "CoreDNS", expected: "about 2 min", commands });
}

function fluxOf(name: string, version: string, expected: string): Artifact {
  return upstream({ name, version, title: name, expected, commands: { [name]: `github.com/fluxcd/${name}` } });
}

/** kubeadm, kubelet, kubectl, the four programs that run as containers, and the end-to-end tests' agnhost. */
export const kubernetes = kubernetesOf("1.37.2", [...kubernetesCommands, "test/images/agnhost"]);

/** The image of agnhost that the end-to-end tests of that version ask for, at `registry.k8s.io`. */
export const AGNHOST = "e2e-test-images/agnhost:2.66.1";

/** The same programs of the minor version before, without agnhost. */
export const kubernetesBefore = kubernetesOf("1.36.3", kubernetesCommands, "kubernetes-1.36");

/** etcd, etcdctl and etcdutl. */
export const etcd = etcdOf("3.7.3");

/** The same programs of the minor version before. */
export const etcdBefore = etcdOf("3.6.8", "etcd-3.6");

/** The same programs of the oldest minor version that a site may have. */
export const etcdOldest = etcdOf("3.5.35", "etcd-3.5");

/** containerd, its shim for runc, and ctr. */
export const containerd = upstream({
  name: "containerd",
  version: "2.4.2",
  title: "containerd",
  expected: "about 1 min",
  commands: named("github.com/containerd/containerd/v2/cmd", ["containerd", "containerd-shim-runc-v2", "ctr"]),
  variables: ["github.com/containerd/containerd/v2/version.Version=v2.4.2"],
});

/** CNCF Distribution: a site's own registry. */
export const registry = upstream({
  name: "registry",
  version: "3.1.2",
  title: "CNCF Distribution",
  expected: "about 1 min",
  commands: { registry: "github.com/distribution/distribution/v3/cmd/registry" },
  variables: ["github.com/distribution/distribution/v3/version.version=v3.1.2"],
});

/** CoreDNS. */
export const coredns = corednsOf("1.15.0");

/** CoreDNS of the minor version of Kubernetes before. */
export const corednsBefore = corednsOf("1.14.7", "coredns-1.14");

/** The CNI project's plugins that a routed pod network and the container runtime need. */
export const cni = upstream({
  name: "cni",
  version: "1.9.1",
  title: "the CNI plugins",
  expected: "about 5 s",
  commands: named("github.com/containernetworking/plugins/plugins", [
    "main/ptp",
    "main/bridge",
    "main/loopback",
    "ipam/host-local",
    "meta/portmap",
  ]),
  variables: ["github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v1.9.1"],
});

/** metrics-server. */
export const metricsServer = upstream({
  name: "metrics-server",
  version: "0.9.0",
  title: "metrics-server",
  expected: "about 1 min",
  commands: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
  variables: ["k8s.io/client-go/pkg/version.gitVersion=v0.9.0"],
});

/** The descheduler. */
export const descheduler = upstream({
  name: "descheduler",
  version: "0.36.0",
  title: "the descheduler",
  expected: "about 1 min",
  commands: { descheduler: "sigs.k8s.io/descheduler/cmd/descheduler" },
  variables: ["sigs.k8s.io/descheduler/pkg/version.version=v0.36.0"],
});

/** The network policy controller kube-router. */
export const kubeRouter = upstream({
  name: "kube-router",
  version: "2.1.0",
  title: "kube-router",
  expected: "about 1 min",
  commands: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
  variables: ["github.com/cloudnativelabs/kube-router/v2/pkg/version.Version=v2.1.0"],
});

/** What gives claims volumes on workers' disks. */
export const localPathProvisioner = upstream({
  name: "local-path-provisioner",
  version: "0.0.30",
  title: "local-path-provisioner",
  expected: "about 1 min",
  commands: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
  variables: ["main.VERSION=v0.0.30"],
});

/** VictoriaMetrics, which keeps metrics, and vmalert, which judges them; of the line that is kept for long. vmalert-tool tests rules. */
export const victoriaMetrics = upstream({
  name: "victoria-metrics",
  version: "1.148.9",
  title: "VictoriaMetrics",
  expected: "about 4 min",
  commands: named("github.com/VictoriaMetrics/VictoriaMetrics/app", ["victoria-metrics", "vmalert", "vmalert-tool"]),
  variables: ["github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=v1.148.9"],
});

/** vmagent, which sends metrics elsewhere; of the same version. */
export const vmagent = upstream({
  name: "vmagent",
  version: victoriaMetrics.version,
  title: "vmagent",
  expected: "about 3 min",
  commands: named("github.com/VictoriaMetrics/VictoriaMetrics/app", ["vmagent"]),
  variables: [`github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=v${victoriaMetrics.version}`],
});

/** VictoriaLogs, which keeps logs. */
export const victoriaLogs = upstream({
  name: "victoria-logs",
  version: "1.52.2",
  title: "VictoriaLogs",
  expected: "about 2 min",
  commands: named("github.com/VictoriaMetrics/VictoriaLogs/app", ["victoria-logs"]),
  variables: ["github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=v1.52.2"],
});

/** The program of a pod's sandbox container. Its version is the tag that kubeadm 1.37 expects. */
export const pause = upstream({
  name: "pause",
  version: "3.10.2",
  title: "pause",
  expected: "about 1 s",
  commands: { pause: "." },
});

/** An S3 server that keeps objects as files: what a lab's backups are copied to. */
export const versitygw = upstream({
  name: "versitygw",
  version: "1.8.0",
  title: "the S3 server versitygw",
  expected: "about 1 min",
  commands: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
});

/** What fetches a repository for Flux, and what applies it. */
export const sourceController = fluxOf("source-controller", "1.9.6", "about 5 min");
export const kustomizeController = fluxOf("kustomize-controller", "1.9.6", "about 3 min");
