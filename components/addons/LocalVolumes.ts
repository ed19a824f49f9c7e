import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import * as pulumi from "@pulumi/pulumi";
import { VOLUMES_NAMESPACE as namespace, VOLUMES_CLASS } from "../../site/description/localVolumes";
import { nothing } from "../namespaces/NamespaceLimits";
import { localVolumesAccess } from "./localVolumes/access";
import { localVolumesSettings } from "./localVolumes/settings";
import { CONFIGURATION, labels, provisionerDeployment } from "./localVolumes/workload";
import { privileged, toApi } from "./pods";

export interface LocalVolumesArgs {
  image: string;
  /** Names of the workers that have a disk for volumes, and of their pools. */
  nodes: readonly string[];
  pools: readonly string[];
  reclaimPolicy: "Retain" | "Delete";
}

/**
 * Volumes on the workers' own disks (W3): a claim waits for its first pod, and gets a folder on a disk of the worker where that pod is
 * scheduled; later pods of that claim run there and nowhere else. Such a volume is `local`: where its disk is missing, a pod waits, in place
 * of starting with an empty folder. What makes and empties folders runs as root beside the node's files, hence a namespace of its own.
 */
export class LocalVolumes extends pulumi.ComponentResource {
  /** Known once claims get volumes. */
  readonly ready: pulumi.Output<unknown>;

  constructor(componentName: string, args: LocalVolumesArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:LocalVolumes", componentName, {}, opts);
    const named = (suffix: string) => `${componentName}-${suffix}`;
    const child = { parent: this, dependsOn: opts.dependsOn };
    const home = new Namespace(named("namespace"), { metadata: { name: namespace, labels: privileged } }, child);
    const inside = { parent: this, dependsOn: [home] };
    const settings = localVolumesSettings(args.nodes, args.image);
    const before = [
      new NetworkPolicy(named("deny"), { metadata: { name: "default-deny", namespace }, spec: nothing }, inside),
      new NetworkPolicy(named("api"), { metadata: { name: "to-api", namespace }, spec: toApi(labels) }, inside),
      new ConfigMap(named("settings"), { metadata: { name: CONFIGURATION, namespace }, data: settings }, inside),
      ...localVolumesAccess(named, inside),
    ];
    const provisioner = new Deployment(named("deployment"), provisionerDeployment(args.image, settings), {
      parent: this,
      dependsOn: before,
    });
    const storage = new StorageClass(named("class"), storageClass(args), {
      parent: this,
      dependsOn: [provisioner],
      // None of a class can be changed; claims and volumes that have it go on without.
      replaceOnChanges: ["reclaimPolicy", "allowedTopologies"],
      deleteBeforeReplace: true,
    });
    this.ready = storage.id;
    this.registerOutputs({});
  }
}

/** The class of claims that name none. Pods are scheduled first, and only where a worker has a disk for volumes. */
function storageClass({ pools, reclaimPolicy }: LocalVolumesArgs) {
  return {
    metadata: {
      name: VOLUMES_CLASS,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true", defaultVolumeType: "local" },
    },
    provisioner: "rancher.io/local-path",
    reclaimPolicy,
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: false,
    allowedTopologies: [{ matchLabelExpressions: [{ key: "groundwork.local/pool", values: [...pools].sort() }] }],
  };
}
