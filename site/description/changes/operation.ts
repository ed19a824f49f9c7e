import { compared, free, type Meanings, never, oneAtATime, way } from "./meaning";

const BACKUPS =
  "Members get the other timer and targets, one after another; backups that were made stay where they are.";
const RESERVED = "The hypervisor reserves it while machines run.";
const JUDGED = "The layout is judged by it; machines that run stay where they are.";
const PAPER = "Only the runbook shows it.";
const MOVED = "The machine is made anew in its new place; the only member of a store is migrated.";

export const operationMeanings: Meanings = {
  version: free("Of the schema: an older description is brought up to it."),
  name: compared(
    never(
      "machines, certificates and the cluster are named by it: a second set of machines would be made at the addresses of those that run",
      "keep it, or bring up a site of that name in a stack of its own",
    ),
  ),
  "contacts[]": free(PAPER),
  "contacts[].name": free(PAPER),
  "contacts[].role": free(PAPER),
  "contacts[].phone": free(PAPER),
  "contacts[].mail": free(PAPER),
  workload: free(JUDGED),
  "workload.cpus": free(JUDGED),
  "workload.memoryGiB": free(JUDGED),
  backup: way(
    "without it no more backups are made",
    "leave it in, or make sure that others are; those that were made stay at their targets",
  ),
  "backup.schedule": oneAtATime(BACKUPS),
  "backup.recipients[]": way(
    "backups of before are read by who could read them then only",
    "keep the old private keys as long as those backups",
  ),
  "backup.targets[]": oneAtATime(BACKUPS),
  ...Object.fromEntries(
    ["kind", "host", "port", "user", "path", "hostKey", "endpoint", "bucket", "region", "prefix", "ca"].map((key) => [
      `backup.targets[].${key}`,
      oneAtATime(BACKUPS),
    ]),
  ),
  "backup.retention.last": oneAtATime("Old backups are deleted by it after the next one is proven."),
  "backup.retention.days": oneAtATime("Old backups are deleted by it after the next one is proven."),
  "backup.maximumAgeHours": oneAtATime(BACKUPS),
  "reservations.etcd.cpu": free(RESERVED),
  "reservations.etcd.memory": free(RESERVED),
  "reservations.controlPlanes.cpu": free(RESERVED),
  "reservations.controlPlanes.memory": free(RESERVED),
  "capacity.cpuOvercommit": free(JUDGED),
  "overrides[]": oneAtATime(MOVED),
  "overrides[].machine": oneAtATime(MOVED),
  "overrides[].host": oneAtATime(MOVED),
  "overrides[].datastore": oneAtATime(MOVED),
  "overrides[].reason": free("It is for whoever reads the plan."),
};
