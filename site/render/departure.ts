import { VOLUMES_FOLDER } from "../description/localVolumes";
import { isStore } from "../description/stores";
import type { MachinePlan, SitePlan } from "../plan/model";
import { hasVolumesDisk, machinesOf, nodesOf } from "../plan/roles";
import { quoted } from "./apply";
import { shell } from "./shell";

/** The machine that sees another off: a member of its store, or another control plane. None where there is no other. */
export function fellowOf(plan: SitePlan, machine: MachinePlan): MachinePlan | undefined {
  if (machine.role === "load-balancer") return undefined;
  const role = isStore(machine.role) ? machine.role : "control-plane";
  return machinesOf(plan, role).find(({ name }) => name !== machine.name);
}

/**
 * The bash program by which a fellow sees a machine off. It stops, and with it the whole change, unless all others of its kind are
 * healthy. It ends well at once if the machine is not the one that it was made for: then another has taken its place already.
 *
 * @param identity what the machine wrote of itself into the cluster when it was configured
 */
export function departureScript(plan: SitePlan, machine: MachinePlan, identity: string): string {
  const names = { MACHINE: machine.name, ADDRESS: machine.address, IDENTITY: identity };
  const header = isStore(machine.role)
    ? { ...names, OTHERS: others(plan, machine) }
    : {
        ...names,
        DRAIN_SECONDS: String(plan.spec.kubernetes.drainSeconds),
        OTHER_NODES: String(nodesOf(plan).length - 1),
        HOLDS_VOLUMES: hasVolumesDisk(machine) ? "yes" : "no",
        ...(hasVolumesDisk(machine) && { VOLUMES_FOLDER }),
      };
  return [
    ...Object.entries(header).map(([name, value]) => `${name}=${quoted(value)}`),
    shell("departure"),
    ...(hasVolumesDisk(machine) ? [shell("volumes-departure")] : []),
    shell(isStore(machine.role) ? "member-departure" : "node-departure"),
  ].join("\n");
}

/** The other members of a store, `name address` a line. */
function others(plan: SitePlan, { name, role }: MachinePlan): string {
  const members = machinesOf(plan, role).filter((member) => member.name !== name);
  return members.map((member) => `${member.name} ${member.address}`).join("\n");
}
