import * as pulumi from "@pulumi/pulumi";
import { addonImages } from "../site/description/versions";
import { MEMBERLIST_KEY } from "../site/pki/keys";
import { dnsServiceAddress } from "../site/plan/endpoints";
import type { SitePlan } from "../site/plan/model";
import { hasVolumesDisk, machinesOf, nodesOf } from "../site/plan/roles";
import { hasDescheduler, imageOf, localVolumesImage, metalLbImages } from "../site/render/images";
import { CoreDns } from "./addons/CoreDns";
import { Descheduler } from "./addons/Descheduler";
import { LocalVolumes } from "./addons/LocalVolumes";
import { MetalLb } from "./addons/MetalLb";
import { MetricsServer } from "./addons/MetricsServer";
import type { Pki } from "./Pki";

export interface AddonsArgs {
  plan: SitePlan;
  pki: Pki;
}

/** What workloads expect of a cluster: DNS, the metrics API, addresses for Services, volumes, and that it is spread again when a host is back. */
export class Addons extends pulumi.ComponentResource {
  /** Known once Services are found by name. */
  readonly dns: pulumi.Output<unknown>;
  /** Known once all of them run. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: AddonsArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Addons", name, {}, opts);
    const { plan, pki } = args;
    const nodes = nodesOf(plan);
    const images = addonImages(plan.spec.kubernetes.version);
    const child = { parent: this, dependsOn: opts.dependsOn };
    const dns = new CoreDns(
      `${name}-coredns`,
      {
        image: imageOf(plan.spec, images.coreDns),
        nodes: nodes.length,
        cpus: nodes.reduce((sum, node) => sum + node.cpus, 0),
        clusterIp: dnsServiceAddress(plan),
        domain: plan.spec.network.domain,
        nameservers: plan.spec.network.nameservers,
      },
      child,
    );
    const metrics = new MetricsServer(
      `${name}-metrics-server`,
      {
        image: imageOf(plan.spec, images.metricsServer),
        nodes: nodes.length,
        certificate: {
          certPem: pki.value("certificate/metrics-server"),
          keyPem: pki.value("key/metrics-server"),
          caPem: pki.value("authority/cluster"),
        },
      },
      child,
    );
    if (hasDescheduler(plan))
      new Descheduler(
        `${name}-descheduler`,
        { image: imageOf(plan.spec, images.descheduler), settings: plan.spec.addons.descheduler },
        child,
      );
    const { serviceAddresses } = plan.spec.network;
    const balancer =
      serviceAddresses === undefined
        ? []
        : [
            new MetalLb(
              `${name}-metallb`,
              {
                images: metalLbImages(plan.spec),
                addresses: serviceAddresses,
                memberlistKey: pki.value(`encryption-key/${MEMBERLIST_KEY}`),
              },
              child,
            ),
          ];
    const volumes = volumesOf(name, plan, child);
    this.dns = dns.deployment.id;
    this.ready = pulumi.all([this.dns, metrics.deployment.id, ...[...balancer, ...volumes].map(({ ready }) => ready)]);
    this.registerOutputs({});
  }
}

/** What gives claims volumes, where the description has it. */
function volumesOf(name: string, plan: SitePlan, child: pulumi.ComponentResourceOptions): LocalVolumes[] {
  const { localVolumes } = plan.spec.addons;
  if (localVolumes === undefined) return [];
  const workers = machinesOf(plan, "worker").filter(hasVolumesDisk);
  const args = {
    image: localVolumesImage(plan.spec),
    nodes: workers.map((worker) => worker.name),
    pools: plan.spec.workers.filter(({ volumesGiB }) => volumesGiB !== undefined).map((pool) => pool.name),
    reclaimPolicy: localVolumes.reclaimPolicy,
  };
  return [new LocalVolumes(`${name}-volumes`, args, child)];
}
