import { listed } from "../../description/listed";
import { objectsOf } from "../../facts/model";
import { field } from "./configuration";
import { parameterised, rule } from "./rule";

export const kubeletIsHardened = rule({
  id: "kubelet-access",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "a kubelet answers only who the API server lets, and has no port without authentication",
  severity: "mandatory",
  source: "S6, S9 [B, K, A]",
  fix: "leave authentication, authorization and readOnlyPort out of kubernetes.kubelet",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, kubelet }) => {
      if (!kubelet) return [];
      const anonymous = field(field(field(kubelet, "authentication"), "anonymous"), "enabled");
      const mode = field(field(kubelet, "authorization"), "mode");
      const port = field(kubelet, "readOnlyPort");
      return [
        ...(anonymous === false ? [] : [{ path, message: "the kubelet answers anonymous requests" }]),
        ...(mode === "Webhook"
          ? []
          : [
              {
                path,
                message: `the kubelet's authorization is ${String(mode)}, not Webhook: it lets everybody do everything`,
              },
            ]),
        ...(port === undefined || port === 0
          ? []
          : [{ path, message: `the kubelet answers everybody on port ${String(port)}` }]),
      ];
    }),
});

export const kubeletProtectsKernel = rule({
  id: "kubelet-kernel-defaults",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "a kubelet refuses to start with kernel settings it would have to change, and gives pods a seccomp profile",
  severity: "mandatory",
  source: "S9, C1 [A]",
  fix: "leave protectKernelDefaults and seccompDefault out of kubernetes.kubelet",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, kubelet }) =>
      ["protectKernelDefaults", "seccompDefault"].flatMap((name) =>
        kubelet && field(kubelet, name) !== true ? [{ path, message: `the kubelet runs without ${name}` }] : [],
      ),
    ),
});

export const noSwap = rule({
  id: "kubelet-swap",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "nodes do not swap: what a pod may use is what it gets",
  severity: "advisory",
  source: "C1 [B, A]",
  fix: "leave failSwapOn out of kubernetes.kubelet",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, kubelet }) =>
      kubelet && field(kubelet, "failSwapOn") === false
        ? [{ path, message: "the kubelet starts although the node swaps" }]
        : [],
    ),
});

export const etcdAsksForCertificates = rule({
  id: "etcd-certificates",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "etcd serves clients and peers that have a certificate, and nobody else",
  severity: "mandatory",
  source: "S5, S9 [B, P]",
  fix: "set client-cert-auth: true and https URLs",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, etcd }) => {
      if (!etcd) return [];
      const open = ["client-transport-security", "peer-transport-security"].filter(
        (side) => field(field(etcd, side), "client-cert-auth") !== true,
      );
      const plain = ["listen-client-urls", "listen-peer-urls"].filter((name) =>
        String(field(etcd, name) ?? "")
          .split(",")
          .some((url) => url.startsWith("http:")),
      );
      return [
        ...(open.length > 0 ? [{ path, message: `etcd asks for no certificate (${listed(open)})` }] : []),
        ...(plain.length > 0 ? [{ path, message: `etcd is reached without TLS (${listed(plain)})` }] : []),
      ];
    }),
});

export const checksAreHeeded = parameterised<{ expected: string[] }>()({
  id: "kubeadm-checks",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "no check of kubeadm is ignored but those that the program answers itself",
  severity: "advisory",
  source: "S9 [A]",
  fix: "mend what the check finds and empty kubernetes.ignorePreflightErrors",
  parameters: {
    expected: {
      type: "array",
      items: { type: "string" },
      default: ["Port-10250", "FileAvailable--etc-kubernetes-kubelet.conf", "FileAvailable--etc-kubernetes-pki-ca.crt"],
      description: "Checks that may be ignored: the kubelet runs, and has its files, before kubeadm looks",
    },
  },
  about: "configurations",
  check: (facts, { expected }) =>
    objectsOf(facts, "configurations").flatMap(({ path, ignoredChecks }) => {
      const others = (ignoredChecks ?? []).filter((check) => !expected.includes(check));
      return others.length > 0 ? [{ path, message: `kubeadm ignores what ${listed(others)} finds` }] : [];
    }),
});

export const authorityKeysAreNoFiles = rule({
  id: "authority-key-files",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "no machine gets the private key of an authority: it could sign for all others",
  severity: "mandatory",
  source: "S1, S4 [B]",
  fix: "let the program sign, and send what it signed",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, authorityKeys }) =>
      authorityKeys && authorityKeys.length > 0
        ? [{ path, message: `the private key of an authority is among its files: ${listed(authorityKeys)}` }]
        : [],
    ),
});

export const keysArePrivate = rule({
  id: "key-file-modes",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "files with private keys can be read by their owner only",
  severity: "mandatory",
  source: "S4, S9 [B, A]",
  fix: "give the file mode 0600",
  about: "configurations",
  check: (facts) =>
    objectsOf(facts, "configurations").flatMap(({ path, openKeys }) =>
      openKeys && openKeys.length > 0
        ? [{ path, message: `others may read the private keys in ${listed(openKeys)}` }]
        : [],
    ),
});
