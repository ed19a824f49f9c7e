import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import type * as pulumi from "@pulumi/pulumi";
import { untypedDefinition } from "../definition";
import definitions from "./definitions.json";

/** The API groups of Gateways and routes, and of certificates. */
export const GATEWAYS = "gateway.networking.k8s.io";
export const CERTIFICATES = "cert-manager.io";
export const ACME = "acme.cert-manager.io";

const columns = [
  { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: "Status", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
] as const;

/** cert-manager waits for each of them to be there, those of ACME too, of which a site has none. */
const CERT_MANAGER_KINDS = [
  { group: CERTIFICATES, kind: "Certificate", plural: "certificates" },
  { group: CERTIFICATES, kind: "CertificateRequest", plural: "certificaterequests" },
  { group: CERTIFICATES, kind: "Issuer", plural: "issuers" },
  { group: CERTIFICATES, kind: "ClusterIssuer", plural: "clusterissuers", isOfCluster: true },
  { group: ACME, kind: "Order", plural: "orders" },
  { group: ACME, kind: "Challenge", plural: "challenges" },
];

/** Their schemas say more than the compiler has to know. */
type Definition = Pick<ReturnType<typeof untypedDefinition>, "spec"> & { metadata: object };

/**
 * The kinds of the Gateway API's standard channel that Traefik reads, with all that the API server checks of them, and cert-manager's.
 * They stay where the add-on is left out: with a definition all objects of its kind would go, which are other people's.
 */
export function gatewayDefinitions(
  named: (suffix: string) => string,
  opts: pulumi.CustomResourceOptions,
): CustomResourceDefinition[] {
  const own = CERT_MANAGER_KINDS.map((kind) => untypedDefinition({ ...kind, versions: ["v1"], columns }));
  return [...(definitions as unknown as Definition[]), ...own].map(
    ({ metadata, spec }) =>
      new CustomResourceDefinition(
        named(`definition-${spec.names.plural}`),
        { metadata, spec },
        { ...opts, retainOnDelete: true },
      ),
  );
}
