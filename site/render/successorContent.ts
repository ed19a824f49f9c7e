import { certificatesOf, networkStoreClient } from "../pki/certificates";
import { certificatesOn } from "../pki/successors";
import type { MachinePlan, SitePlan } from "../plan/model";
import { type Content, content, type SecretRef, secretsIn } from "./content";
import { etcdEndpoints } from "./etcd";
import type { FileSpec } from "./file";
import { machineFiles } from "./files";

/** What is sealed for a machine: its files with a certificate or the key of one, and what lies in the cluster. */
export interface SuccessorContent {
  /** As they will be installed. */
  files: FileSpec[];
  /** Objects of the API by name, put there by control planes. */
  cluster: { name: string; content: Content }[];
}

export function successorContent(plan: SitePlan, machine: MachinePlan): SuccessorContent {
  const ids = new Set(certificatesOn(plan, machine).map(({ id }) => id));
  const follows = (ref: SecretRef) => {
    const [kind, id = ""] = [ref.slice(0, ref.indexOf("/")), ref.slice(ref.indexOf("/") + 1)];
    return (kind === "certificate" || kind === "key") && ids.has(id);
  };
  return {
    files: machineFiles(plan, machine).filter(
      ({ content, units }) => !units.includes("kubeadm-init") && secretsIn(content).some(follows),
    ),
    cluster: machine.role === "control-plane" ? inCluster(plan) : [],
  };
}

/** The certificates that no machine holds but a secret of the cluster. */
export function clusterCertificates(plan: SitePlan): string[] {
  const known = new Set(["metrics-server", networkStoreClient]);
  return certificatesOf(plan).flatMap(({ id }) => (known.has(id) ? [id] : []));
}

function inCluster(plan: SitePlan): SuccessorContent["cluster"] {
  return clusterCertificates(plan).map((id) => {
    const of = id === networkStoreClient ? "groundwork-network-store" : "metrics-server-tls";
    const more =
      id === networkStoreClient
        ? content`  endpoints: ${Buffer.from(etcdEndpoints(plan, "network-store").join(",")).toString("base64")}
  ca.crt: ${{ secret: "authority/network-store", encoding: "base64" }}
`
        : [];
    return {
      name: of,
      content: content`apiVersion: v1
kind: Secret
metadata:
  name: ${of}
  namespace: kube-system
  labels: {app.kubernetes.io/managed-by: pulumi}
type: kubernetes.io/tls
data:
${more}  tls.crt: ${{ secret: `certificate/${id}`, encoding: "base64" }}
  tls.key: ${{ secret: `key/${id}`, encoding: "base64" }}
`,
    };
  });
}
