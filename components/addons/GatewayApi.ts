import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { CERT_MANAGER_NAMESPACE, ISSUER_SECRET, TRAEFIK_NAMESPACE } from "../../site/description/gatewayApi";
import type { NamespaceSpec } from "../../site/description/spec";
import { gatewayAccess } from "./gatewayApi/access";
import {
  CONFIGURATION,
  certManagerConfiguration,
  certManagerDeployment,
  clusterIssuer,
} from "./gatewayApi/certManager";
import { gatewayDefinitions } from "./gatewayApi/definitions";
import { allowGateway, gatewayPolicies } from "./gatewayApi/network";
import { gatewayClass, traefikBudget, traefikDeployment, traefikService } from "./gatewayApi/traefik";
import { restricted } from "./pods";

export interface GatewayApiArgs {
  images: { traefik: string; certManager: string };
  /** The address that answers, of the range for Services. */
  address: string;
  /** How many copies of Traefik, each on a worker of its own. */
  copies: number;
  /** The namespaces of the description, which are there. */
  namespaces: readonly Pick<NamespaceSpec, "name" | "defaultDeny">[];
  /** The authority that signs, its key, and the one above it, which clients know; in PEM. */
  authority: {
    certificatePem: pulumi.Input<string>;
    privateKeyPem: pulumi.Input<string>;
    abovePem: pulumi.Input<string>;
  };
}

type Child = { parent: pulumi.Resource; dependsOn: pulumi.Resource[] };

/**
 * What the cluster serves is reached by names over HTTPS: Traefik answers for Gateways of the Gateway API at one address, and cert-manager
 * issues their certificates by an authority that may sign for names of one domain alone. The key of that one lies in cert-manager's
 * namespace, which Traefik cannot read; the key of the authority above it is not in the cluster.
 */
export class GatewayApi extends pulumi.ComponentResource {
  /** Known once it answers, and issues certificates. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: GatewayApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:GatewayApi", name, {}, opts);
    const named = (suffix: string) => `${name}-${suffix}`;
    const child = { parent: this, dependsOn: opts.dependsOn };
    const home = (space: string): Child => {
      const metadata = { name: space, labels: restricted };
      return { parent: this, dependsOn: [new Namespace(named(`namespace-${space}`), { metadata }, child)] };
    };
    const [forTraefik, forCertManager] = [home(TRAEFIK_NAMESPACE), home(CERT_MANAGER_NAMESPACE)];
    const homes: Readonly<Record<string, Child>> = {
      [TRAEFIK_NAMESPACE]: forTraefik,
      [CERT_MANAGER_NAMESPACE]: forCertManager,
    };
    const names = args.namespaces.map((space) => space.name);
    const definitions = gatewayDefinitions(named, child);
    const access = gatewayAccess(named, names, homes);
    const policies = [
      ...gatewayPolicies(names),
      ...args.namespaces.filter(({ defaultDeny }) => defaultDeny).map((space) => allowGateway(space.name)),
    ].map(
      (policy) =>
        new NetworkPolicy(named(`policy-${policy.metadata.namespace}-${policy.metadata.name}`), policy, {
          parent: this,
          dependsOn: homes[policy.metadata.namespace]?.dependsOn ?? opts.dependsOn,
        }),
    );
    const before = [...definitions, ...access, ...policies];
    const issuing = this.issuing(named, args, {
      ...forCertManager,
      dependsOn: [...forCertManager.dependsOn, ...before],
    });
    const answering = this.answering(named, args, { ...forTraefik, dependsOn: [...forTraefik.dependsOn, ...before] });
    this.ready = pulumi.all([...issuing, ...answering].map(({ id }) => id));
    this.registerOutputs({});
  }

  /** Certificates, by the authority that lies beside what signs with it. */
  private issuing(named: (suffix: string) => string, args: GatewayApiArgs, opts: Child): pulumi.CustomResource[] {
    const { certificatePem, privateKeyPem, abovePem } = args.authority;
    const key = new Secret(
      named("authority"),
      {
        metadata: { name: ISSUER_SECRET, namespace: CERT_MANAGER_NAMESPACE },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": pulumi.interpolate`${certificatePem}${abovePem}`,
          "tls.key": pulumi.secret(privateKeyPem),
        },
      },
      opts,
    );
    const configuration = new ConfigMap(
      named("cert-manager-config"),
      {
        metadata: { name: CONFIGURATION, namespace: CERT_MANAGER_NAMESPACE },
        data: { "config.yaml": `${JSON.stringify(certManagerConfiguration)}\n` },
      },
      opts,
    );
    const controller = new Deployment(named("cert-manager"), certManagerDeployment(args.images.certManager), {
      ...opts,
      dependsOn: [...opts.dependsOn, configuration],
    });
    const issuer = new CustomResource(named("issuer"), clusterIssuer, { ...opts, dependsOn: [...opts.dependsOn, key] });
    return [controller, issuer];
  }

  /** Traefik at its address. */
  private answering(named: (suffix: string) => string, args: GatewayApiArgs, opts: Child): pulumi.CustomResource[] {
    const { address, copies, namespaces } = args;
    const settings = { address, copies, namespaces: namespaces.map((space) => space.name) };
    const deployment = new Deployment(named("traefik"), traefikDeployment(args.images.traefik, settings), opts);
    const service = new Service(named("service"), traefikService(address), opts);
    const kind = new CustomResource(named("class"), gatewayClass, opts);
    const budgets = copies > 1 ? [new PodDisruptionBudget(named("budget"), traefikBudget, opts)] : [];
    return [deployment, service, kind, ...budgets];
  }
}
