import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "../../../sdks/vsphere";
import { capabilitiesOf } from "../../../site/description/hypervisors";
import { isStore } from "../../../site/description/stores";
import { HOT_ADD_FROM_GIB, HOT_ADD_UP_TO_CPUS } from "../../../site/life/applied";
import type { DiskPlan, MachinePlan } from "../../../site/plan/model";
import type { Machine } from "../../Machine";
import { type Transform, transformed } from "../../Transform";
import type { Datacenter } from "./Datacenter";

export interface VsphereMachineArgs {
  plan: MachinePlan;
  /** The site's name. */
  site: string;
  datacenter: Datacenter;
  /** Its network cards: the first one, then those in further networks, in the order of the plan. */
  cards: NetworkCard[];
  /** What cloud-init reads at first boot. */
  cloudInit: { metadata: pulumi.Input<string>; userdata: pulumi.Input<string> };
  /** The login name cloud-init makes. */
  user: string;
  /** The key that login accepts. */
  privateKey: pulumi.Input<string>;
  /** The machine's public SSH host key. */
  hostKey: pulumi.Input<string>;
  /** Whether it is to be replaced if its template, place or size differs from what it was made with. */
  isReplaced: boolean;
  /** What must be complete before it is touched. */
  dependsOn: Promise<pulumi.Resource[]>;
  /** Resolves when it is worth a connection once it is made, or is given up. */
  booted?: () => Promise<void>;
  transform?: Transform<vsphere.VirtualMachineArgs>;
}

export interface NetworkCard {
  networkId: pulumi.Input<string>;
  /** By it cloud-init finds the card. */
  macAddress: string;
}

/** Why a machine is replaced. */
const madeOf = ["clone", "numCpus", "memory", "hostSystemId", "datastoreId", "disks", "networkInterfaces"];

/** A virtual machine cloned from the site's template onto its planned host and datastores. */
export class VsphereMachine extends pulumi.ComponentResource implements Machine {
  readonly plan: MachinePlan;
  readonly connection: Machine["connection"];
  readonly identity: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];
  readonly virtualMachine: vsphere.VirtualMachine;

  constructor(args: VsphereMachineArgs, opts: pulumi.ComponentResourceOptions) {
    const { plan, datacenter, privateKey } = args;
    super(capabilitiesOf("vsphere").machineType, plan.name, { plan }, opts);
    this.plan = plan;
    this.virtualMachine = new vsphere.VirtualMachine(
      ...transformed(args.transform, plan.name, virtualMachineArgs(args), {
        parent: this,
        provider: datacenter.provider,
        // Two machines of one name, address and identity never exist side by side.
        deleteBeforeReplace: true,
        dependsOn: args.dependsOn,
        ignoreChanges: ignored(args),
        replaceOnChanges: args.isReplaced ? madeOf : [],
        additionalSecretOutputs: ["extraConfig"],
      }),
    );
    const { id } = this.virtualMachine;
    const { booted } = args;
    // What needs it to be reached needs to know which machine it is.
    this.identity = booted === undefined ? id : id.apply((known) => booted().then(() => known));
    this.ready = [this.virtualMachine];
    // A minute of pauses between the tries, which grow to 5 s. One that boots was waited for; one that takes connections and
    // says nothing is given up after two.
    const patience = { dialErrorLimit: 20, perDialTimeout: 3 };
    this.connection = { host: plan.address, user: args.user, privateKey, hostKey: args.hostKey, ...patience };
    this.registerOutputs({ id: this.virtualMachine.id, address: plan.address });
  }
}

/** What a machine keeps that is not replaced, as it was made with it. */
function ignored({ plan, cards, isReplaced, datacenter }: VsphereMachineArgs): string[] {
  // Storage may give another format than was asked for, and none can be changed.
  const formats = plan.disks.flatMap((_, i) => [`disks[${i}].thinProvisioned`, `disks[${i}].eagerlyScrub`]);
  const always = ["swapPlacementPolicy", ...formats];
  if (isReplaced) return always;
  const isMovable = plan.role === "worker" && plan.disks.every(({ device }) => datacenter.isShared(device));
  return [
    ...always,
    // Only first boot reads guestinfo, and the guest wipes it. A template of the same name that was put in the place of the
    // old one is for new machines: only one of another name is a reason to replace machines.
    ...["clone", "extraConfig", "guestId", "firmware", "efiSecureBootEnabled", "scsiType"],
    ...cards.flatMap((_, i) => {
      return ["adapterType", "macAddress", "useStaticMac"].map((name) => `networkInterfaces[${i}].${name}`);
    }),
    // It can only be changed with the power off.
    ...["enableLogging", "cpuHotAddEnabled"],
    // No rule holds a worker: it is where DRS or HA has put it since.
    ...(isMovable ? ["hostSystemId"] : []),
  ];
}

function virtualMachineArgs(args: VsphereMachineArgs): vsphere.VirtualMachineArgs {
  const { plan, site, datacenter, cloudInit } = args;
  const template = datacenter.template(plan.host);
  const [systemDisk, ...dataDisks] = plan.disks;
  if (systemDisk === undefined) {
    throw new pulumi.RunError(`machines.${plan.name}: it has no disk; give it one`);
  }
  return {
    name: plan.name,
    annotation: `Groundwork: ${plan.role} of site ${site}`,
    folder: datacenter.folder,
    resourcePoolId: datacenter.resourcePoolId,
    hostSystemId: datacenter.hostId(plan.host),
    // The first disk lies with the machine's own files; a disk of its own datastore would differ for ever.
    datastoreId: datacenter.datastoreId(systemDisk.datastore),
    numCpus: plan.cpus,
    memory: memoryMiB(plan.memoryGiB),
    cpuReservation: plan.reservation.cpuMHz,
    memoryReservation: Math.round(plan.reservation.memoryGiB * 1024),
    // More of either reaches a running machine; for less of it a machine is replaced.
    cpuHotAddEnabled: plan.cpus <= HOT_ADD_UP_TO_CPUS,
    memoryHotAddEnabled: plan.memoryGiB > HOT_ADD_FROM_GIB,
    guestId: template.guestId,
    firmware: template.apply(({ firmware }) => firmware ?? "bios"),
    efiSecureBootEnabled: template.apply(({ efiSecureBootEnabled }) => efiSecureBootEnabled ?? false),
    scsiType: template.scsiType,
    enableDiskUuid: true,
    // Its log is what VMware's support asks for.
    enableLogging: true,
    // chrony keeps the clock: it must not jump after a pause.
    syncTimeWithHost: false,
    networkInterfaces: args.cards.map((card) => ({
      ...card,
      adapterType: template.apply(({ networkInterfaceTypes: [first] }) => first ?? "vmxnet3"),
      useStaticMac: true,
    })),
    disks: [
      {
        label: systemDisk.name,
        size: Math.ceil(systemDisk.sizeGiB),
        thinProvisioned: template.disks.apply((disks) => disks[0]?.thinProvisioned ?? true),
        eagerlyScrub: template.disks.apply((disks) => disks[0]?.eagerlyScrub ?? false),
        unitNumber: 0,
      },
      ...dataDisks.map((disk, index) => dataDiskArgs(args, disk, index + 1)),
    ],
    clone: { templateUuid: template.uuid, timeout: datacenter.cloneMinutes(plan.host) },
    extraConfig: {
      "guestinfo.metadata": pulumi.output(cloudInit.metadata).apply(base64),
      "guestinfo.metadata.encoding": "base64",
      "guestinfo.userdata": pulumi.secret(cloudInit.userdata).apply(base64),
      "guestinfo.userdata.encoding": "base64",
    },
    // The address is known from the plan and SSH is tried until it answers; waiting for the tools' report adds nothing.
    waitForGuestIpTimeout: 0,
    waitForGuestNetTimeout: 0,
    waitForGuestNetRoutable: false,
  };
}

/** ESXi takes multiples of 4 MiB. */
function memoryMiB(memoryGiB: number): number {
  return Math.ceil((memoryGiB * 1024) / 4) * 4;
}

/**
 * A member's is written in full once, where the storage does that: an etcd log never waits for blocks to be allocated (C3). A worker's, which may
 * be a hundred times as large, has its room set aside and is written as it is used.
 */
function dataDiskArgs({ datacenter, plan }: VsphereMachineArgs, disk: DiskPlan, unitNumber: number) {
  const inFull = datacenter.writesInFull(disk.device);
  return {
    label: disk.name,
    size: Math.ceil(disk.sizeGiB),
    datastoreId: datacenter.datastoreId(disk.datastore),
    thinProvisioned: !inFull,
    eagerlyScrub: inFull && isStore(plan.role),
    unitNumber,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
