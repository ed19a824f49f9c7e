import { createHash } from "node:crypto";
import { Command, type CommandArgs } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { SitePlan } from "../site/plan/model";
import { secretsIn } from "../site/render/content";
import { applyScript, machineFiles } from "../site/render/machine";
import { archive } from "./archive";
import { Departure } from "./Departure";
import type { Machine } from "./Machine";
import type { Pki } from "./Pki";
import type { Sequence } from "./Sequence";
import { type Transform, transformed } from "./Transform";

/** What every machine of a site is configured from. */
export interface ConfigurationArgs {
  plan: SitePlan;
  pki: Pki;
  /** All machines of the site by name: one sees another off. */
  site: ReadonlyMap<string, Machine>;
  sequence: Sequence;
  /** The site itself: with it everything goes, and nobody is seen off. */
  deletedWith: pulumi.Resource;
  transform?: Transform<CommandArgs>;
}

/**
 * Unpacks what comes on standard input where only root can read it, and runs it. Nothing secret is in the command line
 * or in the environment. `/run` is memory: no private key touches a disk but at its place.
 */
const receive = `sudo bash -c '
set -euo pipefail
umask 077
work=$(mktemp -d /run/groundwork.XXXXXXXX)
trap "rm -rf $work" EXIT
base64 -d | tar -xz -C "$work"
bash "$work/apply"
'`;

/**
 * Brings one machine to what the plan says: all its files in one archive over one SSH connection, applied by one
 * idempotent script. A changed file is an update in place; a replaced machine is configured again.
 */
export class Configuration extends Command {
  /** Differs when anything of the machine's configuration does. */
  readonly digest: pulumi.Output<string>;

  /**
   * `opts.dependsOn` names what must be up before; that the machine is there goes without saying, and that its turn has come.
   */
  constructor(
    machine: Machine,
    args: ConfigurationArgs,
    opts: { parent: pulumi.Resource; dependsOn?: pulumi.Resource[] },
  ) {
    const packed = packedFor(machine, args);
    const waitedFor = args.sequence
      .turn(machine.plan)
      .then((before) => [...machine.ready, ...before, ...(opts.dependsOn ?? [])]);
    super(
      ...transformed(
        args.transform,
        machine.plan.name,
        {
          connection: machine.connection,
          create: receive,
          update: receive,
          stdin: pulumi.secret(packed),
          triggers: [machine.identity],
          addPreviousOutputInEnv: false,
        },
        { ...opts, dependsOn: waitedFor },
      ),
    );
    const departure = Departure.of(
      machine,
      { plan: args.plan, machines: args.site },
      { parent: opts.parent, dependsOn: [this], deletedWith: args.deletedWith },
    );
    args.sequence.consists(machine.plan.name, this, ...(departure ? [departure] : []));
    // Of high-entropy content nothing can be learned from its hash.
    this.digest = pulumi.unsecret(
      pulumi
        .all([packed, machine.identity, this.id])
        .apply(([text, identity, id]) => sha256([text, identity, id].join())),
    );
  }
}

function packedFor(machine: Machine, { plan, pki }: ConfigurationArgs): pulumi.Output<string> {
  const apply = applyScript(plan, machine.plan);
  const files = machineFiles(plan, machine.plan);
  const contents = pki.allFilled(files.map(({ content }) => content));
  const issued = pki.issued(files.flatMap(({ content }) => secretsIn(content)));
  return pulumi.all([contents, machine.identity, issued]).apply(async ([contents, identity, issued]) => {
    const finished = files.map((file, i) => ({ ...file, content: contents[i] ?? "" }));
    return (await archive(finished, { apply, identity, issued })).toString("base64");
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
