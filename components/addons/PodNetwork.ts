import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { networkStoreClient } from "../../site/pki/certificates";
import type { SitePlan } from "../../site/plan/model";
import { etcdEndpoints } from "../../site/render/etcd";
import type { Pki } from "../Pki";
import { type ManifestObject, manifestObjects } from "./manifest";

export interface PodNetworkArgs {
  plan: SitePlan;
  pki: Pki;
  /** The text of `kubernetes.podNetwork.url`, for `manifest`; its digest was checked. */
  manifest?: string;
}

/** What connects pods: nothing to install for `routed` (the nodes' own configuration) and `none`. */
export class PodNetwork extends pulumi.ComponentResource {
  constructor(name: string, args: PodNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    const network = args.plan.spec.kubernetes.podNetwork;
    super("groundwork:index:PodNetwork", name, { kind: network.kind }, opts);
    const store = args.plan.networkStore ? [this.store(name, args, opts)] : [];
    switch (network.kind) {
      case "routed":
      case "none":
        break;
      case "cilium":
        this.cilium(name, args.plan, network.version);
        break;
      case "manifest":
        this.manifest(name, args.manifest ?? "", store);
        break;
      default:
        network satisfies never;
    }
    this.registerOutputs({});
  }

  private cilium(name: string, plan: SitePlan, version: string): void {
    new Release(
      `${name}-cilium`,
      {
        name: "cilium",
        namespace: "kube-system",
        chart: "oci://quay.io/cilium/charts/cilium",
        version,
        values: {
          ipam: { mode: "cluster-pool", operator: { clusterPoolIPv4PodCIDRList: [plan.spec.network.podCidr] } },
          k8sServiceHost: plan.endpoint.host,
          k8sServicePort: plan.endpoint.port,
        },
      },
      { parent: this },
    );
  }

  /** How the network reaches the store that is its own (L9): endpoints, certificate and key, where its manifest finds them. */
  private store(
    name: string,
    { plan, pki }: PodNetworkArgs,
    { dependsOn }: pulumi.ComponentResourceOptions,
  ): pulumi.Resource {
    return new Secret(
      `${name}-store`,
      {
        metadata: { name: "groundwork-network-store", namespace: "kube-system" },
        type: "kubernetes.io/tls",
        stringData: {
          endpoints: etcdEndpoints(plan, "network-store").join(","),
          "ca.crt": pki.value("authority/network-store"),
          "tls.crt": pki.value(`certificate/${networkStoreClient}`),
          "tls.key": pki.value(`key/${networkStoreClient}`),
        },
      },
      { parent: this, dependsOn },
    );
  }

  private manifest(name: string, text: string, before: pulumi.Resource[]): void {
    let definitions = before;
    for (const object of manifestObjects(text)) {
      const first = object.kind === "Namespace" || object.kind === "CustomResourceDefinition";
      const resource = new KubernetesObject(name, object, { parent: this, dependsOn: first ? before : definitions });
      if (first) {
        definitions = [...definitions, resource];
      }
    }
  }
}

/** Any Kubernetes object, under the token its typed class has. */
class KubernetesObject extends pulumi.CustomResource {
  constructor(prefix: string, object: ManifestObject, opts: pulumi.CustomResourceOptions) {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes("/") ? apiVersion.replace(/\.k8s\.io\//, "/") : `core/${apiVersion}`;
    const identity = [prefix, kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join("-");
    const { version } = require("@pulumi/kubernetes/package.json") as { version: string };
    super(`kubernetes:${group}:${kind}`, identity, { ...object }, { version, ...opts });
  }
}
