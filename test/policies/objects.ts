import { completeFacts } from "../../site/facts/complete";
import { archived } from "./configuration";
import { demoPlan, type Props, type Resource, secret } from "./stack";

/** An object that a rule lets pass, and how it is broken. */
export interface ObjectBreakage {
  rule: string;
  sound: Resource[];
  broken: Resource[];
  /** What the pack says of the broken one. */
  says: string;
  config?: Record<string, Props>;
}

/** A property of another resource of the same list. */
export const from = (resource: string, property: string) => ({ "test:from": [resource, property] });

const key = "tls:index/privateKey:PrivateKey";
const request = "tls:index/certRequest:CertRequest";
const certificate = "tls:index/locallySignedCert:LocallySignedCert";
const authority = "tls:index/selfSignedCert:SelfSignedCert";
const command = "command:remote:Command";
const pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\n";
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const connection = { host: "10.42.0.10", user: "root", hostKey };

const it = (type: string, inputs: Props, name = "it"): Resource => ({ type, name, inputs });
const year = { validityPeriodHours: 8760, earlyRenewalHours: 2190 };

/** An authority and a certificate it signed, each with its key. */
function signed(changes: { ca?: Props; leaf?: Props; request?: Props } = {}): Resource[] {
  return [
    it(key, { algorithm: "ECDSA", ecdsaCurve: "P256" }, "ca-key"),
    it(
      authority,
      {
        privateKeyPem: from("ca-key", "privateKeyPem"),
        isCaCertificate: true,
        allowedUses: ["cert_signing"],
        validityPeriodHours: 87600,
        earlyRenewalHours: 17520,
        ...changes.ca,
      },
      "ca",
    ),
    it(key, { algorithm: "ED25519" }, "leaf-key"),
    it(
      request,
      { privateKeyPem: from("leaf-key", "privateKeyPem"), dnsNames: ["db.example"], ...changes.request },
      "leaf-request",
    ),
    it(certificate, {
      certRequestPem: from("leaf-request", "certRequestPem"),
      caCertPem: from("ca", "certPem"),
      caPrivateKeyPem: from("ca-key", "privateKeyPem"),
      allowedUses: ["digital_signature", "server_auth"],
      ...year,
      ...changes.leaf,
    }),
  ];
}

const remote = (inputs: Props) => it(command, { connection, create: "true", ...inputs });
const object = (kind: string, inputs: Props, name = "it", group = "core/v1") =>
  it(`kubernetes:${group}:${kind}`, { apiVersion: group.replace("core/", ""), kind, ...inputs }, name);

const labels = { app: "shop" };
const soundContainer = {
  name: "shop",
  image: `registry.k8s.io/shop:1.2.3@sha256:${"0".repeat(64)}`,
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
  readinessProbe: { httpGet: { path: "/", port: 80 } },
  livenessProbe: { httpGet: { path: "/", port: 80 } },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
};
const spread = { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" };

interface Changes {
  container?: Props;
  security?: Props;
  pod?: Props;
  spec?: Props;
}

function deployment({ container, security, pod, spec }: Changes = {}): Resource {
  const securityContext = { ...soundContainer.securityContext, ...security };
  const template = {
    metadata: { labels },
    spec: {
      serviceAccountName: "shop",
      topologySpreadConstraints: [spread],
      containers: [{ ...soundContainer, securityContext, ...container }],
      ...pod,
    },
  };
  const metadata = { name: "shop", namespace: "shop" };
  return object(
    "Deployment",
    { metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec } },
    "it",
    "apps/v1",
  );
}

const budget = (spec: Props, name = "budget") =>
  object(
    "PodDisruptionBudget",
    { metadata: { name, namespace: "shop" }, spec: { selector: { matchLabels: labels }, ...spec } },
    name,
    "policy/v1",
  );

/** A rule about a Deployment, broken by one change. */
const ofDeployment = (rule: string, changes: Changes, says: string): ObjectBreakage => ({
  rule,
  sound: [deployment(), budget({ maxUnavailable: 1 })],
  broken: [deployment(changes), budget({ maxUnavailable: 1 })],
  says,
});

/** A rule about the configuration of one of the demo's machines, with one of its files changed. */
const ofMachine = (
  rule: string,
  machine: string,
  change: Parameters<typeof archived>[2],
  says: string,
): ObjectBreakage => ({
  rule,
  sound: [remote({ stdin: secret(archived(demoPlan(), machine)) })],
  broken: [remote({ stdin: secret(archived(demoPlan(), machine, change)) })],
  says,
});

/** A rule that the demo's own settings break: what machines that are containers cannot do. */
const ofSettings = (rule: string, without: (site: Props) => void, says: string): ObjectBreakage => ({
  rule,
  sound: [remote({ stdin: secret(archived(demoPlan(without), "demo-general-a")) })],
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
    "it: Kubernetes v1.29.1 is older than 1.34, the oldest that is supported; raise kubernetes.version",
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
    (site) => delete site.kubernetes.kubelet.failSwapOn,
    "it: the kubelet starts although the node swaps; leave failSwapOn out of kubernetes.kubelet",
  ),
  ofSettings(
    "kubeadm-checks",
    (site) => delete site.kubernetes.ignorePreflightErrors,
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

export const certificateBreakages: ObjectBreakage[] = [
  {
    rule: "certificates-last",
    sound: signed(),
    broken: signed({ leaf: { earlyRenewalHours: 24 } }),
    says: "it: the certificate is renewed only when less than 1 day are left; set earlyRenewalHours to 336 or more",
  },
  {
    rule: "certificate-validity",
    sound: signed(),
    broken: signed({ leaf: { validityPeriodHours: 87600 } }),
    says: "it: the certificate is valid for 3650 days, not 398 at most; set a shorter validityPeriodHours; `up` renews it in time",
  },
  {
    rule: "key-algorithms",
    sound: [it(key, { algorithm: "RSA", rsaBits: 4096 })],
    broken: [it(key, { algorithm: "RSA", rsaBits: 2048 })],
    says: 'it: the RSA key has 2048 bits; use algorithm: "ECDSA" with ecdsaCurve: "P256"',
  },
  {
    rule: "authority-signs-only",
    sound: signed(),
    broken: signed({ ca: { allowedUses: ["cert_signing", "server_auth"] } }),
    says: "ca: the authority is also used for server_auth; issue a certificate of its own for the server or client",
  },
  {
    rule: "certificate-signed-by-authority",
    sound: signed(),
    broken: signed({ ca: { isCaCertificate: false } }),
    says: "ca: the certificate is signed by itself: whoever relies on it cannot check it; sign it with the cluster's authority: tls.LocallySignedCert",
  },
  {
    rule: "server-certificate-names",
    sound: signed(),
    broken: signed({ request: { dnsNames: [] } }),
    says: "it: the server's certificate names no server; set dnsNames or ipAddresses of its request; a common name alone is not looked at",
  },
  {
    rule: "certificate-own-key",
    sound: signed(),
    broken: signed({ request: { privateKeyPem: from("ca-key", "privateKeyPem") } }),
    says: "it: certificates ca and it have one private key, ca-key; make a key for each",
  },
  {
    rule: "authority-key-stays",
    sound: [...signed(), it(command, { connection, create: "true", stdin: from("leaf-key", "privateKeyPem") }, "send")],
    broken: [...signed(), it(command, { connection, create: "true", stdin: from("ca-key", "privateKeyPem") }, "send")],
    says: "ca-key: the authority's private key goes into send; sign in the program and send only the signed certificate",
  },
];

const withUserdata = (userdata: string) =>
  it("vsphere:index/virtualMachine:VirtualMachine", { extraConfig: secret({ "guestinfo.userdata": userdata }) });

export const accessBreakages: ObjectBreakage[] = [
  {
    rule: "ssh-host-keys-pinned",
    sound: [remote({})],
    broken: [remote({ connection: { host: "10.42.0.10", user: "root" } })],
    says: "it: connection has no hostKey, so whoever answers at 10.42.0.10 is believed; set connection.hostKey to the machine's public SSH host key",
  },
  {
    rule: "no-private-keys-in-commands",
    sound: [remote({ stdin: secret(pem) })],
    broken: [remote({ create: secret(`echo '${pem}'`) })],
    says: "it: create holds a private key (EC PRIVATE KEY), which process lists, logs and diffs show; pass it in stdin",
  },
  {
    rule: "no-private-keys-in-guestinfo",
    sound: [withUserdata("#cloud-config\nhostname: it\n")],
    broken: [withUserdata(pem)],
    says: 'it: extraConfig["guestinfo.userdata"] holds a private key (EC PRIVATE KEY); send it over the pinned SSH connection once the machine runs; only ssh_keys of its cloud-config may be here',
  },
  {
    rule: "secrets-marked",
    sound: [remote({ stdin: secret(pem) })],
    broken: [remote({ stdin: pem })],
    says: "it: stdin holds a private key (EC PRIVATE KEY) that is no Pulumi secret; wrap it in pulumi.secret()",
  },
  {
    rule: "secrets-marked",
    sound: [object("Secret", { stringData: secret({ password: "s3cret" }) })],
    broken: [object("Secret", { stringData: { password: "s3cret" } })],
    says: "it: stringData.password holds a value of a Secret that is no Pulumi secret; wrap it in pulumi.secret()",
  },
  {
    rule: "vcenter-verified",
    sound: [it("pulumi:providers:vsphere", {})],
    broken: [it("pulumi:providers:vsphere", { allowUnverifiedSsl: "true" })],
    says: "it: whoever answers at vCenter's address gets the user and password; trust vCenter's authority on this machine and leave allowUnverifiedSsl out",
  },
];

const image = (name: string) => ({ container: { image: name } });

export const workloadBreakages: ObjectBreakage[] = [
  ofDeployment(
    "image-registry",
    image(`docker.io/shop:1.2.3@sha256:${"0".repeat(64)}`),
    `it: container shop: image docker.io/shop:1.2.3@sha256:${"0".repeat(64)} is not from registry.k8s.io; mirror the image, or name its registry in the parameter \`allowed\``,
  ),
  ofDeployment(
    "image-tag",
    image("registry.k8s.io/shop:latest"),
    "it: container shop: image registry.k8s.io/shop:latest has the tag latest, which moves; name a full version, or better the digest",
  ),
  ofDeployment(
    "image-digest",
    image("registry.k8s.io/shop:1.2.3"),
    "it: container shop: image registry.k8s.io/shop:1.2.3 is not named by digest; add @sha256:… to the image's name",
  ),
  ofDeployment(
    "workload-requests",
    { container: { resources: { limits: { memory: "64Mi" } } } },
    "it: container shop without a request for CPU or memory; set resources.requests.cpu and resources.requests.memory",
  ),
  ofDeployment(
    "workload-limits",
    { container: { resources: { requests: { cpu: "1", memory: "1Gi" } } } },
    "it: container shop without a memory limit; set resources.limits.memory",
  ),
  ofDeployment(
    "workload-readiness",
    { container: { readinessProbe: undefined } },
    "it: container shop without a readiness probe; set readinessProbe",
  ),
  ofDeployment(
    "workload-liveness",
    { container: { livenessProbe: undefined } },
    "it: container shop without a liveness probe; set livenessProbe, with more patience than the readiness probe has",
  ),
  ofDeployment(
    "workload-replicas",
    { spec: { replicas: 1 } },
    "it: the Deployment runs once; set replicas: 2 or more, if it can run twice",
  ),
  ofDeployment(
    "workload-spread",
    { pod: { topologySpreadConstraints: undefined } },
    "it: nothing keeps its 2 pods on different nodes; set topologySpreadConstraints or a podAntiAffinity over topology.kubernetes.io/zone",
  ),
  {
    ...ofDeployment(
      "workload-budget",
      {},
      "it: no PodDisruptionBudget covers its 2 pods; add a PodDisruptionBudget that selects its pods, with maxUnavailable: 1",
    ),
    broken: [deployment(), budget({ maxUnavailable: 1, selector: { matchLabels: { app: "other" } } })],
  },
  {
    rule: "budget-lets-go",
    sound: [budget({ maxUnavailable: 1 })],
    broken: [budget({ maxUnavailable: 0 })],
    says: "budget: the budget forbids every eviction: a node with such a pod cannot be drained; set maxUnavailable: 1",
  },
  {
    rule: "workload-controlled",
    sound: [deployment()],
    broken: [object("Pod", { metadata: { name: "it" }, spec: { containers: [soundContainer] } })],
    says: "it: the pod is gone when its node is; use a Deployment, StatefulSet, DaemonSet or Job",
  },
  ofDeployment(
    "workload-non-root",
    { security: { runAsNonRoot: undefined, runAsUser: 0 } },
    "it: container shop may run as root; set securityContext.runAsNonRoot: true and a runAsUser",
  ),
  ofDeployment(
    "workload-privileged",
    { security: { privileged: true } },
    "it: container shop privileged; leave privileged out and add the one capability that is needed",
  ),
  ofDeployment(
    "workload-escalation",
    { security: { allowPrivilegeEscalation: undefined } },
    "it: container shop may gain privileges; set securityContext.allowPrivilegeEscalation: false",
  ),
  ofDeployment(
    "workload-capabilities",
    { security: { capabilities: undefined } },
    'it: container shop with the runtime\'s default capabilities; set securityContext.capabilities.drop: ["ALL"]',
  ),
  ofDeployment(
    "workload-read-only-root",
    { security: { readOnlyRootFilesystem: undefined } },
    "it: container shop with a root file system that can be written; set securityContext.readOnlyRootFilesystem: true, and an emptyDir where it writes",
  ),
  ofDeployment(
    "workload-seccomp",
    { security: { seccompProfile: undefined } },
    'it: container shop without a seccomp profile; set securityContext.seccompProfile: {type: "RuntimeDefault"}',
  ),
  ofDeployment(
    "workload-host-namespaces",
    { pod: { hostNetwork: true } },
    "it: its pods set hostNetwork: they see what is the node's; leave it out, or except the workload for a reason",
  ),
  ofDeployment(
    "workload-host-paths",
    { pod: { volumes: [{ name: "etc", hostPath: { path: "/etc" } }] } },
    "it: its pods mount /etc of the node; use a persistent volume; or name the path in the parameter `allowed`",
  ),
  ofDeployment(
    "workload-service-account",
    { pod: { serviceAccountName: undefined } },
    "it: its pods hold the token of the namespace's default account; set serviceAccountName, or automountServiceAccountToken: false",
  ),
];

const namespace = (metadata: Props = {}) => object("Namespace", { metadata: { name: "shop", ...metadata } });
const inShop = (kind: string, spec: Props, group?: string) =>
  object(kind, { metadata: { name: kind.toLowerCase(), namespace: "shop" }, spec }, kind.toLowerCase(), group);
const deny = inShop("NetworkPolicy", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }, "networking.k8s.io/v1");
const rbac = "rbac.authorization.k8s.io/v1";
const binding = (name: string) =>
  object(
    "ClusterRoleBinding",
    {
      metadata: { name: "it" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "Group", name: "devs", apiGroup: "rbac.authorization.k8s.io" }],
    },
    "it",
    rbac,
  );
const role = (verbs: string[]) =>
  object(
    "ClusterRole",
    { metadata: { name: "it" }, rules: [{ apiGroups: ["*"], resources: ["*"], verbs }] },
    "it",
    rbac,
  );

export const namespaceBreakages: ObjectBreakage[] = [
  {
    rule: "namespace-default-deny",
    sound: [namespace(), deny],
    broken: [
      namespace(),
      inShop("NetworkPolicy", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] }, "networking.k8s.io/v1"),
    ],
    says: "it: in namespace shop every pod reaches every pod; add a NetworkPolicy with podSelector: {} and both policyTypes, and allow what is needed beside it",
  },
  {
    rule: "namespace-quota",
    sound: [namespace(), inShop("ResourceQuota", { hard: { pods: "10" } }), inShop("LimitRange", { limits: [] })],
    broken: [namespace(), inShop("ResourceQuota", { hard: { pods: "10" } })],
    says: "it: namespace shop has no LimitRange; add both",
  },
  {
    rule: "namespace-pod-security",
    sound: [namespace()],
    broken: [namespace({ labels: { "pod-security.kubernetes.io/enforce": "privileged" } })],
    says: "it: namespace shop lets privileged pods in; leave the label pod-security.kubernetes.io/enforce out, or set it to baseline or restricted",
  },
  {
    rule: "rbac-administrators",
    sound: [binding("view")],
    broken: [binding("cluster-admin")],
    says: "it: cluster-admin is bound to Group devs; bind a role with what is needed; or name the subject in the parameter `subjects`",
  },
  {
    rule: "rbac-wildcards",
    sound: [role(["get"])],
    broken: [role(["*"])],
    says: "it: the role allows everything on everything; name the resources and verbs that are needed",
  },
];

export const objectBreakages = [
  ...certificateBreakages,
  ...accessBreakages,
  ...machineBreakages,
  ...workloadBreakages,
  ...namespaceBreakages,
];

/** The facts that the demo's plan tells. */
export const plannedFacts = () => completeFacts(demoPlan());
