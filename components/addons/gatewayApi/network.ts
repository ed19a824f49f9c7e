import type { input } from "@pulumi/kubernetes/types";
import { CERT_MANAGER_NAMESPACE, TRAEFIK_NAMESPACE } from "../../../site/description/gatewayApi";
import { nothing } from "../../namespaces/NamespaceLimits";
import { toApi } from "../pods";
import { certManagerLabels } from "./certManager";
import { PORTS, traefikLabels } from "./traefik";

interface Policy {
  metadata: { name: string; namespace: string };
  spec: input.networking.v1.NetworkPolicySpec;
}

const known = "kubernetes.io/metadata.name";

/** Who reaches whom: everybody reaches Traefik's two ports, Traefik the pods of the description's namespaces, and nobody cert-manager. */
export function gatewayPolicies(namespaces: readonly string[]): Policy[] {
  const own = (namespace: string, specs: Record<string, input.networking.v1.NetworkPolicySpec>): Policy[] =>
    Object.entries({ "default-deny": nothing, ...specs }).map(([name, spec]) => ({
      metadata: { name, namespace },
      spec,
    }));
  const podSelector = { matchLabels: traefikLabels };
  return [
    ...own(CERT_MANAGER_NAMESPACE, { "cert-manager-to-api": toApi(certManagerLabels) }),
    ...own(TRAEFIK_NAMESPACE, {
      "traefik-to-api": toApi(traefikLabels),
      "traefik-from-outside": {
        podSelector,
        policyTypes: ["Ingress"],
        ingress: [{ ports: Object.values(PORTS).map((port) => ({ port, protocol: "TCP" })) }],
      },
      "traefik-to-workloads": {
        podSelector,
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              { namespaceSelector: { matchExpressions: [{ key: known, operator: "In", values: [...namespaces] }] } },
            ],
          },
        ],
      },
    }),
  ];
}

/** Lets Traefik in where nobody else is let in: to whom it passes something on, routes of the same namespace say. */
export function allowGateway(namespace: string): Policy {
  const from = [
    {
      namespaceSelector: { matchLabels: { [known]: TRAEFIK_NAMESPACE } },
      podSelector: { matchLabels: traefikLabels },
    },
  ];
  return {
    metadata: { name: "allow-gateway", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from }] },
  };
}
