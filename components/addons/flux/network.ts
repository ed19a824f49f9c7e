import { isIPv4 } from "node:net";
import type { input } from "@pulumi/kubernetes/types";
import { FLUX_NAMESPACE as namespace, type Repository } from "../../../site/description/flux";
import { dnsOnly, nothing } from "../../namespaces/NamespaceLimits";
import { toApi } from "../pods";
import { ARTIFACTS_PORT, CONTROLLERS, labelsOf } from "./workloads";

const artifacts = [{ port: ARTIFACTS_PORT, protocol: "TCP" }];
const podsOf = (controller: (typeof CONTROLLERS)[number]) => ({ matchLabels: labelsOf(controller) });

/** Who reaches whom: the API and DNS by both, the repository by the one, that one by the other. Policies by their names. */
export function fluxPolicies({ host, port }: Repository) {
  // A policy names no host: of a server with a name its port is open.
  const to = isIPv4(host) ? [{ ipBlock: { cidr: `${host}/32` } }] : undefined;
  const specs: Record<string, input.networking.v1.NetworkPolicySpec> = {
    "default-deny": nothing,
    "allow-dns": dnsOnly,
    ...Object.fromEntries(CONTROLLERS.map((controller) => [`${controller}-to-api`, toApi(labelsOf(controller))])),
    "source-controller-to-repository": {
      podSelector: podsOf("source-controller"),
      policyTypes: ["Egress"],
      egress: [{ ...(to && { to }), ports: [{ port, protocol: "TCP" }] }],
    },
    "kustomize-to-source": {
      podSelector: podsOf("kustomize-controller"),
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: podsOf("source-controller") }], ports: artifacts }],
    },
    "source-from-kustomize": {
      podSelector: podsOf("source-controller"),
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: podsOf("kustomize-controller") }], ports: artifacts }],
    },
  };
  return Object.entries(specs).map(([name, spec]) => ({ metadata: { name, namespace }, spec }));
}
