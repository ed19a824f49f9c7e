import { kmsOf, READY_WITHOUT_KMS } from "../description/kms";
import { VOLUMES_FOLDER, VOLUMES_MARK } from "../description/localVolumes";
import { isStore } from "../description/stores";
import { endpointUrl } from "../plan/endpoints";
import type { MachinePlan, SitePlan } from "../plan/model";
import { hasVolumesDisk, machinesOf } from "../plan/roles";
import { etcdEndpoints } from "./etcd";
import type { FileSpec } from "./file";
import { machineFiles } from "./files";
import { sandboxImage } from "./images";
import { kubeletConfiguration, nodeLabels } from "./kubelet";
import { type ShellProgram, shell } from "./shell";

/**
 * The bash program `apply` that brings a machine to its role, with the machine's files unpacked beside it in `files/`. It may be run
 * at any time, any number of times, and be cut off anywhere: it installs what differs, restarts what has not been restarted
 * since, and ends well only when the role is up. No secret is in it.
 */
export function applyScript(plan: SitePlan, machine: MachinePlan): string {
  const { variables, programs, main } = role(plan, machine);
  const header = {
    MACHINE: machine.name,
    ADDRESS: machine.address,
    VERSION_ADVICE: machine.existing
      ? "install that one and run `pulumi up` again"
      : "name the template that holds it, or the version that the template holds",
    NAME_ADVICE: machine.existing
      ? `if it is the right server, run hostnamectl set-hostname ${machine.name} on it; else correct its address`
      : "cloud-init has not finished, or this is another machine; see cloud-init status --long on it",
    ...variables,
    FILES: machineFiles(plan, machine).map(fileLine).join("\n"),
  };
  return [
    "#!/bin/bash",
    `# Brings ${machine.name} to its role: ${machine.role}.`,
    "# shellcheck disable=SC2034",
    ...Object.entries(header).map(([name, value]) => `${name}=${quoted(value)}`),
    "",
    shell("common"),
    ...programs.map(shell),
    main,
    "",
  ].join("\n");
}

interface RoleScript {
  variables: Record<string, string>;
  programs: ShellProgram[];
  main: string;
}

function role(plan: SitePlan, machine: MachinePlan): RoleScript {
  if (isStore(machine.role)) {
    const members = machinesOf(plan, machine.role).map((m) => `${m.name} ${m.address}`);
    return {
      variables: { MEMBERS: members.join("\n"), ...dataDisk(machine), ETCD_VERSION: plan.spec.etcd.version },
      programs: ["data-disk", "etcd-disk", "etcd"],
      main: dispatch("apply_etcd", { "restart-member": "restart_member", "join-cluster": "join_cluster" }),
    };
  }
  switch (machine.role) {
    case "load-balancer":
      return {
        variables: { VIP: plan.vip ?? plan.endpoint.host, PORT: String(plan.endpoint.port) },
        programs: ["load-balancer"],
        main: dispatch("apply_load_balancer"),
      };
    case "control-plane": {
      const kms = kmsOf(plan.spec);
      return {
        variables: {
          ...nodeVariables(plan, machine),
          FIRST: machinesOf(plan, "control-plane")[0]?.name === machine.name ? "yes" : "no",
          ETCD_ENDPOINTS: etcdEndpoints(plan, "etcd").join(","),
          KMS: kms?.name ?? "",
          KMS_SOCKET: kms?.socket ?? "",
          READY_WITHOUT_KMS,
        },
        programs: ["node", "registry", "control-plane"],
        main: dispatch("apply_control_plane", { "update-components": "update_components" }),
      };
    }
    case "worker":
      return {
        variables: { ...nodeVariables(plan, machine), ...volumesDisk(machine) },
        programs: ["node", ...volumesPrograms(machine), "worker"],
        main: dispatch("apply_worker"),
      };
    default:
      return machine.role satisfies never;
  }
}

/** The disk of a machine's own. A virtual machine has one such disk; which of a server's is meant is told by its device. */
function dataDisk({ existing, disks }: MachinePlan): Record<string, string> {
  const disk = disks.find(({ name }) => name === "data");
  return {
    DATA_DISK: disk ? "yes" : "no",
    DATA_GIB: String(Math.floor(disk?.sizeGiB ?? 0)),
    DATA_DEVICE: (existing && disk?.device) ?? "",
  };
}

function volumesDisk(machine: MachinePlan): Record<string, string> {
  return hasVolumesDisk(machine) ? { ...dataDisk(machine), VOLUMES_FOLDER, VOLUMES_MARK } : { DATA_DISK: "no" };
}

function volumesPrograms(machine: MachinePlan): ShellProgram[] {
  return hasVolumesDisk(machine) ? ["data-disk", "volumes"] : [];
}

/** Whether pods can be connected before anything is installed in the cluster: only then is a node Ready by itself. */
function networkFromStart({ spec }: SitePlan): string {
  return spec.kubernetes.podNetwork.kind === "routed" ? "yes" : "no";
}

function nodeVariables(plan: SitePlan, machine: MachinePlan): Record<string, string> {
  return {
    ENDPOINT: endpointUrl(plan),
    KUBERNETES_VERSION: plan.spec.kubernetes.version,
    NODE_LABELS: JSON.stringify(nodeLabels(plan, machine)),
    NETWORK_FROM_START: networkFromStart(plan),
    CGROUP_DRIVER: String(kubeletConfiguration(plan).cgroupDriver),
    SANDBOX_IMAGE: sandboxImage(plan.spec),
  };
}

/** The script calls itself, by these words, for what must be done under a lock. */
function dispatch(main: string, others: Record<string, string> = {}): string {
  const cases = Object.entries(others).map(([word, command]) => `  ${word}) ${command} ;;`);
  return ['case "$WHAT" in', `  all) ${main} ;;`, ...cases, "esac"].join("\n");
}

function fileLine(file: FileSpec): string {
  return `${file.mode.toString(8).padStart(4, "0")} ${file.owner} ${file.path} ${file.units.join(",") || "-"}`;
}

/** A word of a shell program. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
