import { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { MachinePlan, SitePlan } from "../site/plan/model";
import { departureScript, fellowOf } from "../site/render/departure";
import type { Machine } from "./Machine";

export interface DepartureArgs {
  plan: SitePlan;
  /** The machines of the site by name. */
  machines: ReadonlyMap<string, Machine>;
}

/** Takes the program as a file, as it calls itself for what must be done under a lock. */
const receive = `sudo bash -c '
set -euo pipefail
umask 077
work=$(mktemp -d /run/groundwork.XXXXXXXX)
trap "rm -rf $work" EXIT
cat >"$work/departure"
bash "$work/departure"
'`;

/**
 * A machine's way out, run by a fellow before the machine is destroyed: a node is drained, a member leaves its store. Nothing
 * happens when this is made; it is deleted first when its machine is replaced or is no longer planned. A site that is destroyed
 * as a whole goes without.
 */
export class Departure extends Command {
  private constructor(machine: Machine, fellow: Machine, plan: SitePlan, opts: pulumi.CustomResourceOptions) {
    const script = pulumi.output(machine.identity).apply((identity) => departureScript(plan, machine.plan, identity));
    super(
      `${machine.plan.name}-departure`,
      {
        connection: fellow.connection,
        delete: receive,
        stdin: script,
        triggers: [machine.identity],
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }

  /** None for a machine that nobody can see off: the only one of its kind, or one that others replace by themselves. */
  static of(
    machine: Machine,
    { plan, machines }: DepartureArgs,
    opts: pulumi.CustomResourceOptions,
  ): Departure | undefined {
    const fellow = fellowIn(plan, machine.plan, machines);
    if (fellow === undefined) return undefined;
    return new Departure(machine, fellow, plan, opts);
  }
}

function fellowIn(plan: SitePlan, machine: MachinePlan, machines: ReadonlyMap<string, Machine>): Machine | undefined {
  const fellow = fellowOf(plan, machine);
  return fellow && machines.get(fellow.name);
}
