import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The shell programs beside this file: constant parts of the program that are kept where a shell checker can read them. */
export function shell(name: ShellProgram): string {
  let text = programs.get(name);
  if (text === undefined) {
    text = readFileSync(join(__dirname, `${name}.sh`), "utf8");
    programs.set(name, text);
  }
  return text;
}

export type ShellProgram =
  | "common"
  | "data-disk"
  | "etcd"
  | "etcd-backup"
  | "etcd-disk"
  | "etcd-defragment"
  | "etcd-log"
  | "load-balancer"
  | "node"
  | "control-plane"
  | "worker"
  | "volumes"
  | "volumes-departure"
  | "pod-network"
  | "pool-nodes"
  | "snapshot"
  | "departure"
  | "member-departure"
  | "node-departure"
  | "check-haproxy"
  | "rotation"
  | "clock"
  | "logs"
  | "successor"
  | "keeper"
  | "metrics"
  | "registry"
  | "registry-copy"
  | "own-filters";

const programs = new Map<ShellProgram, string>();
