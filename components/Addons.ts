import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { dnsServiceAddress, nodesOf } from "../site/pki";
import type { SitePlan } from "../site/plan";
import { CoreDns } from "./addons/CoreDns";
import { MetricsServer } from "./addons/MetricsServer";
import { PodNetwork } from "./addons/PodNetwork";
import type { Pki } from "./Pki";

export interface AddonsArgs {
  plan: SitePlan;
  pki: Pki;
  kubeconfig: pulumi.Input<string>;
  /** The text of the pod network's manifest, where the site has one. */
  podNetworkManifest?: string;
}

/** What a cluster needs inside itself: a pod network, DNS, the metrics API. */
export class Addons extends pulumi.ComponentResource {
  readonly provider: Provider;

  /** `opts.dependsOn` names what must be up before the API can be used. */
  constructor(name: string, args: AddonsArgs, opts: pulumi.ComponentResourceOptions) {
    const { dependsOn, ...rest } = opts;
    super("groundwork:index:Addons", name, {}, rest);
    const { plan, pki } = args;
    const nodes = nodesOf(plan);
    this.provider = new Provider(
      name,
      { kubeconfig: pulumi.secret(args.kubeconfig), deleteUnreachable: true },
      { parent: this, dependsOn },
    );
    // What is in the cluster goes with the cluster: on destroy nothing is taken out of it piece by piece.
    const child = { parent: this, providers: [this.provider], deletedWith: opts.parent };
    const network = new PodNetwork(`${name}-pod-network`, { plan, manifest: args.podNetworkManifest }, child);
    const onNetwork = { ...child, dependsOn: [network] };
    new CoreDns(
      `${name}-coredns`,
      {
        image: imageOf(plan, "coredns/coredns:v1.14.7"),
        nodes: nodes.length,
        cpus: nodes.reduce((sum, node) => sum + node.cpus, 0),
        clusterIp: dnsServiceAddress(plan),
        domain: plan.spec.network.domain,
        nameservers: plan.spec.network.nameservers,
      },
      onNetwork,
    );
    new MetricsServer(
      `${name}-metrics-server`,
      {
        image: imageOf(plan, "metrics-server/metrics-server:v0.9.0"),
        nodes: nodes.length,
        certificate: {
          certPem: pki.value("certificate/metrics-server"),
          keyPem: pki.value("key/metrics-server"),
          caPem: pki.value("authority/cluster"),
        },
      },
      onNetwork,
    );
    this.registerOutputs({});
  }
}

/** The image under the site's own repository, if it has one (D5). */
function imageOf(plan: SitePlan, image: string): string {
  return `${plan.spec.kubernetes.imageRepository ?? "registry.k8s.io"}/${image}`;
}
