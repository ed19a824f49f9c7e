import { virtualMachine } from "../../policies/types";
import { machineTypes } from "../../site/description/hypervisors";
import type { Role } from "../../site/description/spec";
import type { MachinePlan } from "../../site/plan/model";
import type { Change, Step } from "./preview";
import { type Names, shownValue, valueAt } from "./values";

/** What a change does to one machine. */
export interface MachineChange {
  machine: string;
  /** None for a virtual machine that is no machine of the site. */
  role?: Role;
  kind: "created" | "replaced" | "deleted" | "changed" | "reconfigured";
  /** It is down for a while, with all that runs on it. */
  restarts: boolean;
  /** It goes to another host or datastore, and runs on meanwhile. */
  moves: boolean;
  /** What makes the difference: `numCpus 4 → 6`. */
  because: string[];
  /** Somebody moved or changed it without Pulumi. */
  drift: string[];
}

const command = "command:remote:Command";

/** Properties that vSphere changes while a machine is off; the provider turns it off and on for them. */
const needPowerOff = new Set([
  "numCpus",
  "numCoresPerSocket",
  "memory",
  "firmware",
  "guestId",
  "hardwareVersion",
  "enableDiskUuid",
  "scsiType",
  "scsiControllerCount",
  "hvMode",
  "nestedHvEnabled",
  "cpuHotAddEnabled",
  "cpuHotRemoveEnabled",
  "memoryHotAddEnabled",
  "efiSecureBootEnabled",
]);

/** What happens to each machine, worst first. */
export function machineChanges(steps: readonly Step[], names: Names): MachineChange[] {
  const roles = rolesOf(steps);
  const machines = steps.flatMap((step) => (step.type === virtualMachine ? machineChange(step, roles, names) : []));
  const touched = new Set(machines.filter(({ kind }) => kind !== "changed").map(({ machine }) => machine));
  const reconfigured = steps
    .filter(({ type, name, op }) => type === command && roles.has(name) && op !== "same" && !touched.has(name))
    .filter(({ name }) => !machines.some(({ machine, kind }) => machine === name && kind === "changed"))
    .map(
      ({ name, op }): MachineChange => ({
        machine: name,
        role: roles.get(name),
        kind: op === "create" ? "created" : op === "delete" ? "deleted" : "reconfigured",
        restarts: false,
        moves: false,
        because: op === "replace" ? ["its configuration is applied again"] : ["its configuration"],
        drift: [],
      }),
    );
  return [...machines, ...reconfigured].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.machine < b.machine ? -1 : 1),
  );
}

const order = ["deleted", "replaced", "created", "changed", "reconfigured"];

function machineChange(step: Step, roles: ReadonlyMap<string, Role>, names: Names): MachineChange[] {
  const { op, name, changes } = step;
  const drift = step.drift.map((change) => drifted(step, change, names));
  const moves =
    op === "update" && changes.some(({ path }) => /^(hostSystemId|datastoreId|disks\[\d+\]\.datastoreId)$/.test(path));
  const common = { machine: name, role: roles.get(name), moves, drift };
  switch (op) {
    case "create":
      return [{ ...common, kind: "created", restarts: false, because: [] }];
    case "delete":
      return [{ ...common, kind: "deleted", restarts: true, because: [] }];
    case "replace": {
      const causes = changes.filter(({ replaces }) => replaces);
      const because = (causes.length > 0 ? causes : changes).map((change) => changed(step, change, names));
      return [{ ...common, kind: "replaced", restarts: true, because }];
    }
    case "update":
      return [
        {
          ...common,
          kind: "changed",
          restarts: changes.some((change) => isOffFor(step, change)),
          because: changes.map((change) => changed(step, change, names)),
        },
      ];
    default:
      return drift.length > 0 ? [{ ...common, kind: "changed", restarts: false, because: [] }] : [];
  }
}

function isOffFor({ before }: Step, { path }: Change): boolean {
  const property = path.split(/[.[]/)[0] ?? "";
  const { cpuHotAddEnabled, memoryHotAddEnabled } = before?.outputs ?? {};
  if (property === "numCpus" && cpuHotAddEnabled === true) return false;
  if (property === "memory" && memoryHotAddEnabled === true) return false;
  return needPowerOff.has(property);
}

/** `numCpus 4 → 6` */
function changed({ before, after }: Step, { path }: Change, names: Names): string {
  const from = valueAt(before?.inputs, path) ?? valueAt(before?.outputs, path);
  const to = valueAt(after?.inputs, path) ?? valueAt(after?.outputs, path);
  return `${path} ${shownValue(from, names)} → ${shownValue(to, names)}`;
}

function drifted({ before, state }: Step, { path }: Change, names: Names): string {
  if (path === "") return "it is gone";
  const [was, is] = [state, before].map((known) => valueAt(known?.outputs, path) ?? valueAt(known?.inputs, path));
  return `${path} ${shownValue(was, names)} → ${shownValue(is, names)}`;
}

/** Roles by the machine's name, from the plans that machine components were made of. */
function rolesOf(steps: readonly Step[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const { type, before, after } of steps) {
    if (!machineTypes.has(type)) continue;
    const plan = (after?.inputs.plan ?? before?.inputs.plan) as MachinePlan | undefined;
    if (plan?.name) roles.set(plan.name, plan.role);
  }
  return roles;
}
