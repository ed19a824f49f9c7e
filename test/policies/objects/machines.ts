import { OLDEST_MINOR } from "../../../site/description/versions";
import { archived } from "../../support/configuration";
import { demoPlan, secret } from "../../support/demoStack";
import { type ObjectBreakage, pem, remote } from "./resources";

/** The demo on machines that are no containers. */
const plainPlan = demoPlan((site) => {
  delete site.kubernetes.kubelet.failSwapOn;
  delete site.kubernetes.ignorePreflightErrors;
});

/** A rule about the configuration of one of the demo's machines, with one of its files changed. */
const ofMachine = (
  rule: string,
  machine: string,
  change: Parameters<typeof archived>[2],
  says: string,
): ObjectBreakage => ({
  rule,
  sound: [remote({ stdin: secret(archived(plainPlan, machine)) })],
  broken: [remote({ stdin: secret(archived(plainPlan, machine, change)) })],
  says,
});

/** A rule that the demo's own settings break: what machines that are containers cannot do. */
const ofSettings = (rule: string, says: string): ObjectBreakage => ({
  rule,
  sound: [remote({ stdin: secret(archived(plainPlan, "demo-general-a")) })],
  broken: [remote({ stdin: secret(archived(demoPlan(), "demo-general-a")) })],
  says,
});

const controlPlane = "demo-control-plane-a";
const edit = (path: string, search: string | RegExp, replace: string) => ({
  path,
  edit: (text: string) => text.replace(search, replace),
});
const kubeadm = "/etc/kubernetes/kubeadm.yaml";
/** Another flag in a flag's place. */
const flagInstead = (of: string, name: string, value: string) =>
  edit(kubeadm, new RegExp(`- name: ${of}\\n( +)value: [^\\n]+\\n`), `- name: ${name}\n$1value: ${value}\n`);

export const machineBreakages: ObjectBreakage[] = [
  ofMachine(
    "kubernetes-version",
    controlPlane,
    edit(kubeadm, /kubernetesVersion: .*/, "kubernetesVersion: v1.29.1"),
    `it: Kubernetes v1.29.1 is older than ${OLDEST_MINOR}, the oldest that is supported; raise kubernetes.version`,
  ),
  ofMachine(
    "api-encryption",
    controlPlane,
    flagInstead("encryption-provider-config", "v", "2"),
    "it: the API server writes Secrets as they are; give the API server an encryption-provider-config whose first provider encrypts",
  ),
  ofMachine(
    "api-audit",
    controlPlane,
    flagInstead("audit-policy-file", "v", "2"),
    "it: the API server runs without audit-policy-file; set audit-policy-file and audit-log-path",
  ),
  ofMachine(
    "api-anonymous",
    controlPlane,
    edit("/etc/kubernetes/apiserver/authentication.yaml", "/healthz", "/api"),
    "it: the API server takes anonymous requests to /api; set anonymous-auth=false, or limit it in the authentication-config",
  ),
  ofMachine(
    "api-admission",
    controlPlane,
    edit(kubeadm, "NodeRestriction,EventRateLimit", "EventRateLimit"),
    "it: the API server runs without NodeRestriction; enable NodeRestriction and EventRateLimit and set PodSecurity's defaults.enforce to baseline or restricted",
  ),
  ofMachine(
    "api-admission",
    controlPlane,
    edit("/etc/kubernetes/apiserver/admission.yaml", "enforce: baseline", "enforce: privileged"),
    "it: Pod Security lets every pod in: its default is privileged; enable NodeRestriction and EventRateLimit and set PodSecurity's defaults.enforce to baseline or restricted",
  ),
  ofMachine(
    "api-admission",
    controlPlane,
    edit(kubeadm, "NodeRestriction,EventRateLimit", "NodeRestriction"),
    "it: the API server runs without EventRateLimit; enable NodeRestriction and EventRateLimit and set PodSecurity's defaults.enforce to baseline or restricted",
  ),
  ofMachine(
    "api-authorization",
    controlPlane,
    flagInstead("profiling", "authorization-mode", "AlwaysAllow"),
    "it: the API server allows everything; leave authorization-mode at Node,RBAC",
  ),
  ofMachine(
    "api-tls",
    controlPlane,
    edit(kubeadm, "value: VersionTLS12", "value: VersionTLS10"),
    "it: the API server accepts VersionTLS10; set tls-min-version to VersionTLS12 or VersionTLS13",
  ),
  ofMachine(
    "kubelet-access",
    controlPlane,
    edit("/var/lib/kubelet/config.yaml", "mode: Webhook", "mode: AlwaysAllow"),
    "it: the kubelet's authorization is AlwaysAllow, not Webhook: it lets everybody do everything; leave authentication, authorization and readOnlyPort out of kubernetes.kubelet",
  ),
  ofMachine(
    "kubelet-kernel-defaults",
    "demo-general-a",
    edit("/var/lib/kubelet/config.yaml", "protectKernelDefaults: true", "protectKernelDefaults: false"),
    "it: the kubelet runs without protectKernelDefaults; leave protectKernelDefaults and seccompDefault out of kubernetes.kubelet",
  ),
  ofSettings(
    "kubelet-swap",
    "it: the kubelet starts although the node swaps; leave failSwapOn out of kubernetes.kubelet",
  ),
  ofSettings(
    "kubeadm-checks",
    "it: kubeadm ignores what Swap and SystemVerification finds; mend what the check finds and empty kubernetes.ignorePreflightErrors",
  ),
  ofMachine(
    "etcd-certificates",
    "demo-etcd-a",
    edit("/etc/etcd/etcd.yaml", "client-cert-auth: true", "client-cert-auth: false"),
    "it: etcd asks for no certificate (client-transport-security); set client-cert-auth: true and https URLs",
  ),
  ofMachine(
    "key-file-modes",
    "demo-etcd-a",
    { path: "/etc/etcd/pki/peer.key", mode: 0o644 },
    "it: others may read the private keys in /etc/etcd/pki/peer.key; give the file mode 0600",
  ),
  ofMachine(
    "authority-key-files",
    "demo-etcd-a",
    { path: "/etc/etcd/pki/ca.key", add: pem },
    "it: the private key of an authority is among its files: /etc/etcd/pki/ca.key; let the program sign, and send what it signed",
  ),
];
