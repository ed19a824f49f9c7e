import { CERT_MANAGER_NAMESPACE, hasGatewayApi, ISSUER_SECRET } from "../description/gatewayApi";
import { networkStoreClient, registryPusher } from "../pki/certificates";
import { INTERMEDIATE } from "../pki/intermediate";
import type { SitePlan } from "../plan/model";
import { registryMachines } from "../plan/registry";
import { type SecretRef, secretsIn } from "./content";
import type { FileSpec, Unit } from "./file";
import { machineFiles } from "./files";

/** Where a certificate lies. */
export interface CertificatePlace {
  /** The machine; `cluster` for an object of the Kubernetes API, `operator` for an output of the stack. */
  where: string;
  /** A file's path, an object's or an output's name. */
  path: string;
  /** What reads it there: units, or programs that people run. */
  usedBy: string[];
}

type CertificateRef = Extract<SecretRef, `certificate/${string}` | `authority/${string}`>;

/** Where every certificate and every authority's bundle of a site lies, by the reference that files have to it. */
export function certificatePlaces(plan: SitePlan): Map<CertificateRef, CertificatePlace[]> {
  const places = new Map<CertificateRef, CertificatePlace[]>();
  const add = (ref: CertificateRef, place: CertificatePlace) => places.set(ref, [...(places.get(ref) ?? []), place]);
  for (const machine of plan.machines)
    for (const file of machineFiles(plan, machine))
      for (const ref of secretsIn(file.content).filter(isCertificate))
        add(ref, { where: machine.name, path: file.path, usedBy: readersOf(file) });
  for (const [ref, place] of elsewhere(plan)) add(ref, place);
  return places;
}

function isCertificate(ref: SecretRef): ref is CertificateRef {
  return ref.startsWith("certificate/") || ref.startsWith("authority/");
}

/** What is on no machine: the operator's kubeconfig, and objects in the cluster. */
function elsewhere(plan: SitePlan): [CertificateRef, CertificatePlace][] {
  const inCluster = (path: string, usedBy: string): CertificatePlace => ({ where: "cluster", path, usedBy: [usedBy] });
  const kubeconfig = { where: "operator", path: "output kubeconfig", usedBy: ["kubectl", "pulumi"] };
  const issuing = inCluster(`secret ${CERT_MANAGER_NAMESPACE}/${ISSUER_SECRET}`, "cert-manager");
  const store = inCluster("secret kube-system/groundwork-network-store", "the network add-on");
  return [
    ["certificate/operator", kubeconfig],
    ...(registryMachines(plan).length > 0
      ? ([
          [`certificate/${registryPusher}`, { where: "operator", path: "output registry", usedBy: ["skopeo"] }],
        ] satisfies [CertificateRef, CertificatePlace][])
      : []),
    ["authority/cluster", kubeconfig],
    ["authority/cluster", inCluster("configmap */kube-root-ca.crt", "pods")],
    ["authority/cluster", inCluster("apiservice v1beta1.metrics.k8s.io", "kube-apiserver")],
    ["certificate/metrics-server", inCluster("secret kube-system/metrics-server-tls", "metrics-server")],
    ["authority/cluster", inCluster("configmap kube-system/extension-apiserver-authentication", "metrics-server")],
    ["authority/front-proxy", inCluster("configmap kube-system/extension-apiserver-authentication", "metrics-server")],
    ...(plan.networkStore
      ? ([
          [`certificate/${networkStoreClient}`, store],
          ["authority/network-store", store],
        ] satisfies [CertificateRef, CertificatePlace][])
      : []),
    ...(hasGatewayApi(plan.spec)
      ? ([
          [`certificate/${INTERMEDIATE}`, issuing],
          ["authority/services", issuing],
          ["authority/services", { where: "operator", path: "output servicesAuthority", usedBy: ["clients outside"] }],
        ] satisfies [CertificateRef, CertificatePlace][])
      : []),
  ];
}

/** Who reads what is read at every connection. */
const BY_CONNECTION: Partial<Record<Unit, string>> = { "etcd-connections": "etcd", "registry-client": "containerd" };

/** Files that no unit is restarted for are read by who runs the program. */
function readersOf({ path, units }: FileSpec): string[] {
  if (path.endsWith("/admin.conf")) return ["kubeadm", "kubectl"];
  if (path.endsWith("/super-admin.conf")) return ["kubeadm init"];
  if (units.length === 0) return ["etcdctl"];
  return units.map((unit) => BY_CONNECTION[unit] ?? unit);
}
