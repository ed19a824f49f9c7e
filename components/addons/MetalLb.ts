import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { METALLB_NAMESPACE as namespace } from "../../site/description/metalLb";
import { nothing } from "../namespaces/NamespaceLimits";
import { metalLbAccess } from "./metalLb/access";
import { GROUP, metalLbDefinitions } from "./metalLb/definitions";
import { controllerDeployment, labelsOf, speakerDaemonSet } from "./metalLb/workloads";
import { privileged, toApi } from "./pods";

export interface MetalLbArgs {
  images: { controller: string; speaker: string };
  /** The addresses that Services get: first-last. */
  addresses: string;
  /** What speakers encrypt with what they tell each other, a secret. */
  memberlistKey: pulumi.Input<string>;
}

/** Interfaces that lead to pods or nowhere: nobody out there asks for an address on them. */
const NOT_ANNOUNCED_ON = ["^lo$", "^veth", "^cni", "^cilium", "^lxc", "^cali", "^flannel", "^docker", "^kube-ipvs"];

/**
 * Services of type LoadBalancer: the controller gives each an address of the range, and one of the speakers, which run on every worker,
 * answers for it in the machines' network (ARP). Speakers watch each other by messages of their own, so that another one answers seconds
 * after a worker is lost, long before Kubernetes knows. It has a namespace of its own: what a speaker may read there is its own alone.
 */
export class MetalLb extends pulumi.ComponentResource {
  /** Known once it gives addresses, and answers for them. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: MetalLbArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:MetalLb", name, {}, opts);
    const named = (suffix: string) => `${name}-${suffix}`;
    const home = new Namespace(
      named("namespace"),
      { metadata: { name: namespace, labels: privileged } },
      { parent: this, dependsOn: opts.dependsOn },
    );
    const inside = { parent: this, dependsOn: [home] };
    const definitions = metalLbDefinitions(named, { parent: this, dependsOn: opts.dependsOn });
    const configured = { parent: this, dependsOn: [home, ...definitions] };
    // Speakers have their node's network, where no policy holds.
    const policies = [
      new NetworkPolicy(named("deny"), { metadata: { name: "default-deny", namespace }, spec: nothing }, inside),
      new NetworkPolicy(
        named("api"),
        { metadata: { name: "controller-to-api", namespace }, spec: toApi(labelsOf("controller")) },
        inside,
      ),
    ];
    const key = new Secret(
      named("memberlist"),
      { metadata: { name: "memberlist", namespace }, stringData: { secretkey: pulumi.secret(args.memberlistKey) } },
      inside,
    );
    const interfaces = new ConfigMap(
      named("interfaces"),
      {
        metadata: { name: "metallb-excludel2", namespace },
        data: { "excludel2.yaml": `announcedInterfacesToExclude: ${JSON.stringify(NOT_ANNOUNCED_ON)}\n` },
      },
      inside,
    );
    const pool = new CustomResource(
      named("pool"),
      {
        apiVersion: `${GROUP}/v1beta1`,
        kind: "IPAddressPool",
        metadata: { name: "site", namespace },
        spec: { addresses: [args.addresses], autoAssign: true },
      },
      configured,
    );
    const announced = new CustomResource(
      named("advertisement"),
      {
        apiVersion: `${GROUP}/v1beta1`,
        kind: "L2Advertisement",
        metadata: { name: "site", namespace },
        spec: { ipAddressPools: ["site"] },
      },
      configured,
    );
    const access = metalLbAccess(named, inside);
    const before = { parent: this, dependsOn: [...definitions, ...access, ...policies, pool, announced] };
    const controller = new Deployment(named("controller"), controllerDeployment(args.images.controller), before);
    const speaker = new DaemonSet(named("speaker"), speakerDaemonSet(args.images.speaker), {
      ...before,
      dependsOn: [...before.dependsOn, key, interfaces],
    });
    this.ready = pulumi.all([controller.id, speaker.id]);
    this.registerOutputs({});
  }
}
