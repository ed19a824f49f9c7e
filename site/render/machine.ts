import type { MachinePlan, SitePlan } from "../plan";
import type { Content } from "./content";

/** What is restarted, reloaded or run again when a file changes. */
export type Unit =
  | "kernel"
  | "clock"
  | "etcd"
  | "haproxy"
  | "keepalived"
  | "pod-network"
  | "kubelet"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "cluster";

/** A file that a machine gets, under `files/` in its archive. */
export interface FileSpec {
  /** Absolute. */
  path: string;
  mode: number;
  /** `user:group`. @default "root:root" */
  owner: string;
  content: Content;
  /** The units that read it. */
  units: Unit[];
}

/** Every file of a machine, sorted by path. */
export function machineFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  throw new Error(`machineFiles(${plan.site}, ${machine.name})`);
}

/** The bash program `apply` that brings a machine to its role with the files unpacked beside it in `files/`. */
export function applyScript(plan: SitePlan, machine: MachinePlan): string {
  throw new Error(`applyScript(${plan.site}, ${machine.name})`);
}
