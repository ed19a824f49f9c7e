import type { CommandArgs } from "@pulumi/command/remote/command";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { traefikCopies } from "../site/description/gatewayApi";
import { kmsOf } from "../site/description/kms";
import { formatProblem } from "../site/description/problem";
import type { SiteSpec } from "../site/description/spec";
import { isStore, STORES, type Store } from "../site/description/stores";
import { factsOfPlan } from "../site/facts/plan";
import { withQualifiedDisks } from "../site/facts/qualified";
import { singleFailures } from "../site/judge/failures";
import type { Failure } from "../site/judge/failures/model";
import { checkRule, type Finding } from "../site/judge/rules";
import { etcdDiskIsFast } from "../site/judge/rules/etcdDisks";
import { aloneUntil, succeededBy } from "../site/life/alone";
import { type Applied, appliedMachines, appliedOf } from "../site/life/applied";
import type { Intermediate } from "../site/life/intermediate";
import type { Restore } from "../site/life/restore";
import type { Sealed } from "../site/life/sealed";
import type { Successors } from "../site/life/successors";
import { isUpgrade, upgradeSteps } from "../site/life/upgrade";
import { kubeconfigsOf } from "../site/pki/kubeconfigs";
import { endpointUrl } from "../site/plan/endpoints";
import { type EarlierPlan, type MachinePlan, PLAN_VERSION, type SitePlan } from "../site/plan/model";
import { machinesOf } from "../site/plan/roles";
import { fluxImages, gatewayImages } from "../site/render/images";
import { kubeconfig, oidcKubeconfig } from "../site/render/kubeconfig";
import { rotationScript } from "../site/render/rotation";
import { clusterCertificates } from "../site/render/successorContent";
import { Addons } from "./Addons";
import { Flux } from "./addons/Flux";
import { GatewayApi } from "./addons/GatewayApi";
import { imagePolicy } from "./addons/ImagePolicy";
import { PodNetwork } from "./addons/PodNetwork";
import { Backup, type BackupSecrets } from "./Backup";
import { ControlPlane } from "./ControlPlane";
import { EtcdCluster } from "./EtcdCluster";
import { Health } from "./Health";
import { type Access, hypervisorOf, type MachineTransforms } from "./hypervisors";
import { intermediateRecord, provideIntermediate } from "./Intermediate";
import { LoadBalancer } from "./LoadBalancer";
import type { Machine } from "./Machine";
import { Namespaces } from "./Namespaces";
import { People } from "./People";
import { type CertificateRecord, Pki } from "./Pki";
import { Rotation } from "./Rotation";
import { type MachineRecord, type MadeMember, machineRecord, memberRecord } from "./records";
import { type RegistryRecord, registryRecord } from "./registryRecord";
import { Sequence } from "./Sequence";
import { Snapshot } from "./Snapshot";
import { provideSuccessors } from "./Successors";
import { type SafePlan, safePlan } from "./safePlan";
import type { Transform } from "./Transform";
import { WorkerPool } from "./WorkerPool";

/** The ways round what the components decide, by kind of resource. */
export interface SiteTransforms extends MachineTransforms {
  configuration?: Transform<CommandArgs>;
}

export interface SiteArgs extends Access {
  /** The site as its owner describes it. */
  spec: SiteSpec;
  /** Where its machines are said to be: a plan that differs is refused. Without it every plan is made afresh. */
  saved?: EarlierPlan;
  /** What the last complete `up` left: it is changed one machine at a time. Nothing runs without it. */
  applied?: Applied;
  /** What `safePlan` has made of the three above, where it was asked before; made here if it is left out. */
  planned?: SafePlan;
  /** The text of the pod network's manifest, for `podNetwork.kind: manifest`. */
  podNetworkManifest?: string;
  /** How members sign in to the backups' targets; needed for `backup`. */
  backupSecrets?: BackupSecrets;
  /** What signs in at the repository of `gitops`: a private SSH key or a token. */
  gitopsSecret?: pulumi.Input<string>;
  /** What signs in where metrics are sent, where the description names a user. */
  remoteWritePassword?: pulumi.Input<string>;
  /** What the last `up` sealed for the backups. */
  sealed?: Sealed;
  /** The certificates that the last `up` issued ahead. */
  successors?: Successors;
  /** The authority in the cluster that the last `up` made. */
  intermediate?: Intermediate;
  /** The backup that new members of etcd start from. */
  restore?: Restore;
  /** Resolves when a machine that has just been made is worth a connection, or is given up. Left out: it is tried at once. */
  booted?: (machine: MachinePlan) => Promise<void>;
  transform?: SiteTransforms;
}

/** A whole site: machines on their planned hosts and devices, etcd, a balanced control plane, workers, add-ons. */
export class Site extends pulumi.ComponentResource {
  readonly plan: SitePlan;
  /** What every single failure would cost. */
  readonly survival: Failure[];
  /** What could be better; what must not be, was refused. */
  readonly findings: Finding[];
  /** Of members' disks, once they are measured. */
  readonly diskFindings: pulumi.Output<Finding[]>;
  /** The operator's own; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** For people who sign in at the issuer, where there is one: nothing in it opens the site by itself. */
  readonly oidcKubeconfig?: pulumi.Output<string>;
  /** The SSH login on every machine; a secret. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** The machines' SSH host keys, as `ssh -o UserKnownHostsFile=` takes them. */
  readonly knownHosts: pulumi.Output<string>;
  /** Where the site's own registry is and what fills it, for a site that has one; a secret. */
  readonly registry?: pulumi.Output<RegistryRecord>;
  readonly certificates: pulumi.Output<CertificateRecord[]>;
  /** The date until which the site goes on with no `up`, RFC 3339. */
  readonly aloneUntil: pulumi.Output<string>;
  /** What goes into every backup beside the snapshot, encrypted; for a site with backups. */
  readonly sealed?: pulumi.Output<Sealed>;
  /** The certificates that are issued ahead for the time without an `up`; a secret. */
  readonly successors?: pulumi.Output<Successors>;
  /** The authority whose key lies in the cluster, for a site that answers for Gateways; a secret. */
  readonly intermediate?: pulumi.Output<Intermediate>;
  /** The certificate of the authority that clients of what the site serves have to know, in PEM. */
  readonly servicesAuthority?: pulumi.Output<string>;
  readonly endpoint: string;
  readonly machines: MachineRecord[];
  /** Where the data of each member of etcd, and of the site's other stores, lies (L3). */
  readonly members: MadeMember[];
  /** What runs when all of this is made: the next run reads it. */
  readonly applied: pulumi.Output<Applied>;
  /** Known once all machines are what the plan says and Services are found by name. */
  readonly connected: pulumi.Output<unknown>;
  /** Known once everything is made, the add-ons too. */
  readonly complete: pulumi.Output<unknown>;

  constructor(name: string, args: SiteArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { plan, findings, cautions } = args.planned ?? safePlan(args.spec, args.saved, args.applied);
    for (const caution of cautions) void pulumi.log.warn(formatProblem(caution));
    // What moves does so once: the next run would find a difference.
    super("groundwork:index:Site", name, { version: PLAN_VERSION, plan: { ...plan, moves: [] } }, opts);
    this.plan = plan;
    this.findings = findings;
    this.survival = singleFailures(factsOfPlan(plan));
    const child = { parent: this };

    const steps = args.applied ? upgradeSteps(plan, args.applied) : [];
    if (steps.length > 0) void pulumi.log.info(["The upgrade, in this order:", ...steps].join("\n"), this);
    const pki = new Pki(name, { plan }, child);
    const hypervisor = hypervisorOf(plan.spec.hypervisor);
    this.sshPrivateKey = hypervisor.login(args, pki);
    this.kubeconfig = pulumi.secret(operatorKubeconfig(plan, pki));
    const forPeople = oidcKubeconfig(plan);
    this.oidcKubeconfig = forPeople && pki.filled(forPeople);
    this.registry = registryRecord(plan, pki);
    this.sealed = plan.spec.backup && this.backup(plan.spec.backup, args, pki);
    if (args.remoteWritePassword !== undefined)
      pki.provide("monitoring/remote-write-password", pulumi.secret(args.remoteWritePassword));
    this.successors = provideSuccessors(plan, pki, args.successors);
    this.intermediate = provideIntermediate(plan, pki, args.intermediate);
    this.servicesAuthority = this.intermediate && pki.value("authority/services");
    const sequence = new Sequence(plan, args.applied);
    const machines = hypervisor.machines({
      plan,
      hypervisor: plan.spec.hypervisor,
      access: args,
      sshPrivateKey: this.sshPrivateKey,
      pki,
      sequence,
      applied: args.applied,
      restore: args.restore,
      booted: args.booted,
      transform: args.transform,
      parent: this,
    });
    const transform = args.transform?.configuration;
    const configured = { plan, pki, site: machines, sequence, deletedWith: this, transform };
    const of = (group: MachinePlan[]) => group.map(({ name }) => found(machines, name));

    const store = (role: Store) => {
      return new EtcdCluster(`${name}-${role}`, { ...configured, machines: of(machinesOf(plan, role)) }, child);
    };
    const stores = [store("etcd"), ...(plan.events ? [store("events")] : [])];
    const networkStore = plan.networkStore ? [store("network-store")] : [];
    const loadBalancer = new LoadBalancer(
      `${name}-load-balancer`,
      { ...configured, machines: of(machinesOf(plan, "load-balancer")) },
      child,
    );
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      { ...configured, machines: of(machinesOf(plan, "control-plane")), stores, loadBalancer },
      child,
    );
    const pools = plan.spec.workers.map(
      (pool) =>
        new WorkerPool(
          `${name}-${pool.name}`,
          {
            ...configured,
            pool,
            machines: of(machinesOf(plan, "worker").filter((machine) => machine.pool === pool.name)),
            controlPlane,
            loadBalancer,
          },
          child,
        ),
    );

    this.knownHosts = knownHosts(plan, machines);
    const renewed = { ids: clusterCertificates(plan), by: machinesOf(plan, "control-plane").map(({ name }) => name) };
    this.certificates = pulumi
      .all([pki.inventory, this.successors, this.intermediate])
      .apply(([records, successors, intermediate]) => [
        ...succeededBy(records, successors, renewed),
        ...(intermediate ? intermediateRecord(plan, intermediate) : []),
      ]);
    this.aloneUntil = this.certificates.apply((records) => aloneUntil(records)?.until ?? "");
    const kubernetes = new Provider(
      name,
      // An object that a killed run made, or that a refresh lost while the API was down, is taken over as it is. Without an identifier
      // of its own a renewed certificate or a rotated authority would be another cluster, and every object replaced.
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: plan.site,
        deleteUnreachable: true,
        upsertExistingObjects: true,
      },
      { ...child, dependsOn: [controlPlane.first, loadBalancer] },
    );
    // What is in the cluster goes with the cluster: on destroy nothing is taken out of it piece by piece.
    const inCluster = { ...child, providers: [kubernetes], deletedWith: this };
    const network = new PodNetwork(
      `${name}-pod-network`,
      { plan, pki, manifest: args.podNetworkManifest },
      { ...inCluster, dependsOn: networkStore },
    );

    const stands = args.applied !== undefined;
    const running = stands ? appliedMachines(plan, args.applied) : plan.machines;
    const standing = running.filter(({ role }) => role === "control-plane");
    const keepers = standing.length > 0 ? standing : machinesOf(plan, "control-plane");
    const keeper = found(machines, keepers.at(-1)?.name ?? "");
    const snapshot = new Snapshot(
      `${name}-snapshot`,
      {
        plan,
        machine: keeper,
        members: running.filter(({ role }) => isStore(role)),
        isMade: args.applied !== undefined && !isUpgrade(plan, args.applied),
      },
      { ...child, dependsOn: stands ? [] : [...stores, controlPlane] },
    );
    sequence.startsAfter(...(stands ? [snapshot] : []));

    const configurations = [
      ...[...stores, ...networkStore].flatMap((cluster) => cluster.members),
      ...loadBalancer.machines,
      controlPlane.first,
      ...controlPlane.others,
      ...pools.flatMap((pool) => pool.workers),
    ];
    const firstControlPlane = found(machines, machinesOf(plan, "control-plane")[0]?.name ?? "");
    const health = new Health(
      `${name}-health`,
      {
        plan,
        machine: firstControlPlane,
        triggers: configurations.map((configuration) => configuration.digest),
      },
      { ...child, dependsOn: [...configurations, network] },
    );
    const addons = new Addons(`${name}-addons`, { plan, pki }, { ...inCluster, dependsOn: [health] });
    const { access, namespaces = [] } = plan.spec;
    const prefix = access?.oidc.prefix;
    const afterHealth = { ...inCluster, dependsOn: [health] };
    const spaces =
      namespaces.length > 0 ? [new Namespaces(`${name}-namespaces`, { namespaces, prefix }, afterHealth)] : [];
    const shared = [
      ...spaces,
      ...(access ? [new People(`${name}-people`, { access }, afterHealth)] : []),
      ...imagePolicy(plan, afterHealth),
      ...this.handedOver(args, { ...inCluster, dependsOn: [health, ...spaces] }),
      ...this.answersForGateways({ ...inCluster, dependsOn: [health, ...spaces] }),
    ];
    const script = rotationScript(plan);
    const rotation =
      script === undefined
        ? []
        : [
            new Rotation(
              `${name}-rotation`,
              { script, rotations: plan.spec.pki.rotation, kms: kmsOf(plan.spec), machine: firstControlPlane },
              { ...child, dependsOn: [addons] },
            ),
          ];

    this.endpoint = endpointUrl(plan);
    this.machines = plan.machines.map(machineRecord);
    const disks = new Map([...stores, ...networkStore].flatMap((cluster) => [...cluster.disks]));
    this.members = machinesOf(plan, ...STORES).map((machine) => memberRecord(machine, disks.get(machine.name)));
    this.diskFindings = pulumi
      .all(this.members.map(({ name, disk }) => pulumi.output(disk).apply((measured) => ({ name, disk: measured }))))
      .apply((members) => checkRule(etcdDiskIsFast, withQualifiedDisks(factsOfPlan(plan), members)));
    // The stack's outputs wait for this one: a run that fails or is killed leaves told what stood before it.
    this.applied = pulumi.all([health, ...rotation].map(({ id }) => id)).apply(() => appliedOf(plan));
    this.connected = pulumi.all([this.applied, addons.dns]);
    this.complete = pulumi.all([this.applied, addons.ready, ...shared.map(({ ready }) => ready)]);
    this.registerOutputs({ endpoint: this.endpoint, machines: this.machines, members: this.members });
  }

  private handedOver({ gitopsSecret: secret }: SiteArgs, opts: pulumi.ComponentResourceOptions): Flux[] {
    const { gitops, namespaces = [], network } = this.plan.spec;
    if (gitops === undefined) return [];
    const names = namespaces.map(({ name }) => name);
    const args = { gitops, secret, images: fluxImages(this.plan.spec), domain: network.domain, namespaces: names };
    return [new Flux(`${this.plan.site}-flux`, args, opts)];
  }

  private answersForGateways(opts: pulumi.ComponentResourceOptions): GatewayApi[] {
    const { plan, intermediate, servicesAuthority } = this;
    const { gatewayApi } = plan.spec.addons;
    if (gatewayApi === undefined || intermediate === undefined || servicesAuthority === undefined) return [];
    const args = {
      images: gatewayImages(plan.spec),
      address: gatewayApi.address,
      copies: traefikCopies(plan.spec),
      namespaces: plan.spec.namespaces ?? [],
      authority: {
        certificatePem: intermediate.apply(({ certificatePem }) => certificatePem),
        privateKeyPem: pulumi.secret(intermediate.apply(({ privateKeyPem }) => privateKeyPem)),
        abovePem: servicesAuthority,
      },
    };
    return [new GatewayApi(`${plan.site}-gateway-api`, args, opts)];
  }

  private backup(backup: NonNullable<SiteSpec["backup"]>, args: SiteArgs, pki: Pki): pulumi.Output<Sealed> {
    const { plan, kubeconfig } = this;
    const { backupSecrets: secrets = {}, sealed } = args;
    return new Backup(`${plan.site}-backup`, { plan, pki, backup, secrets, kubeconfig, sealed }, { parent: this })
      .sealed;
  }
}

function knownHosts(plan: SitePlan, machines: ReadonlyMap<string, Machine>): pulumi.Output<string> {
  const keys = plan.machines.map(({ name }) => pulumi.output(found(machines, name).connection.hostKey));
  return pulumi
    .all(keys)
    .apply((known) => plan.machines.map(({ name, address }, i) => `${name},${address} ${known[i]?.trim()}\n`).join(""));
}

function operatorKubeconfig(plan: SitePlan, pki: Pki): pulumi.Output<string> {
  const file = kubeconfigsOf(plan).find((config) => config.id === "operator");
  if (file === undefined) {
    throw new pulumi.RunError("site/pki: no kubeconfig for the operator; list one in kubeconfigsOf");
  }
  return pki.filled(kubeconfig(plan, file));
}

function found(machines: ReadonlyMap<string, Machine>, name: string): Machine {
  const machine = machines.get(name);
  if (machine === undefined) {
    throw new pulumi.RunError(`machines.${name}: it is in the plan but was not made; report it`);
  }
  return machine;
}
