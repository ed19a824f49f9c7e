import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { VsphereCredentials } from "../components/hypervisors/vsphere/Datacenter";
import { findGuests } from "../sdks/vcenter/guests";
import { vcenterOf } from "../site/description/hypervisors";
import { formatProblem, printable } from "../site/description/problem";
import type { MachineInVcenter } from "../site/facts/vcenter";
import { machineStateLines } from "../site/judge/preflight/machineStates";
import type { MachinePlan, SitePlan } from "../site/plan/model";
import { takesConnections } from "./takesConnections";
import { askVcenter } from "./vcenter";

/** How long a machine is waited for, in milliseconds. */
export interface BootPatience {
  /** From the moment at which it was switched on. */
  boot: number;
  /** Between two tries, at first; and when it has grown. */
  pause: { first: number; longest: number };
  /** Where SSH answers. */
  port?: number;
}

/** At a first `up` all copies and all disks that are written in full share the devices that a machine boots from. */
const PATIENCE: BootPatience = { boot: 600_000, pause: { first: 100, longest: 1000 } };

/** Milliseconds for which vCenter is not asked again: all machines boot at once. */
const FRESH = 10_000;

/** vCenter's machines, and how long each has been on, in milliseconds. */
interface Asked {
  machines: MachineInVcenter[];
  on: ReadonlyMap<string, number>;
}

/**
 * Waits for a machine that was switched on not long ago, before it is first connected to; what vCenter knows of the guest is told
 * of one that does not answer in time. One that has been on for longer is not waited for: it is not booting. Nothing for a
 * preview, or where no vCenter makes the machines.
 */
export function firstBoot(
  plan: SitePlan,
  credentials: VsphereCredentials | undefined,
  patience = PATIENCE,
): ((machine: MachinePlan) => Promise<void>) | undefined {
  const vcenter = vcenterOf(plan.spec.hypervisor);
  if (vcenter === undefined || credentials === undefined || pulumi.runtime.isDryRun()) return undefined;
  const names = plan.machines.map(({ name }) => name);
  let asked: { at: number; answer: Promise<Asked | undefined> } | undefined;
  const ask = () => {
    if (asked === undefined || Date.now() > asked.at + FRESH) {
      const answer = askVcenter(vcenter, credentials, async (session) => {
        const [machines, now] = [await findGuests(session, vcenter, names), Date.parse(await session.now())];
        const on = machines.flatMap(({ name, bootedAt }): [string, number][] =>
          bootedAt === undefined ? [] : [[name, now - Date.parse(bootedAt)]],
        );
        return { machines, on: new Map(on) };
      }).catch(() => undefined);
      asked = { at: Date.now(), answer };
    }
    return asked.answer;
  };
  return async (machine) => {
    const { address, name } = machine;
    const { boot, pause, port } = patience;
    if (await takesConnections(address, port)) return;
    const on = (await ask())?.on.get(name);
    if (on === undefined || on > boot) return;
    void pulumi.log.info(`${name} boots: SSH is waited for`, undefined, undefined, true);
    const end = Date.now() + boot - on;
    for (let wait = pause.first; Date.now() < end; wait = Math.min(wait * 1.5, pause.longest)) {
      await sleep(wait);
      if (await takesConnections(address, port)) return;
    }
    asked = undefined;
    await pulumi.log.warn(silent(machine, boot, await ask()));
  };
}

/** What is told of a machine that does not answer. */
function silent(machine: MachinePlan, boot: number, asked: Asked | undefined): string {
  const { name, address } = machine;
  const path = `machines.${name}`;
  const since = `SSH at ${address} has not answered ${Math.round(boot / 1000)} s after it was switched on`;
  if (asked === undefined)
    return formatProblem({ path, fact: `${since}, and vCenter does not tell why`, fix: "look at its console there" });
  const [line] = machineStateLines({ machines: [machine] }, asked, new Set([name]));
  if (line !== undefined)
    return formatProblem({ path, fact: `${since}; vCenter says: ${printable(line.fact)}`, fix: line.fix ?? "" });
  return formatProblem({
    path,
    fact: `${since}; vCenter says: it is on, and its tools tell that address`,
    fix: "see that no firewall lies between, and on its console what `systemctl status ssh` says",
  });
}
