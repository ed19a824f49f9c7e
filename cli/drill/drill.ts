import { join } from "node:path";
import { Api } from "../../sdks/kubernetes/api";
import { capabilitiesOf } from "../../site/description/hypervisors";
import { contains, parseRange, toNumber } from "../../site/description/ipv4";
import type { SiteSpec } from "../../site/description/spec";
import {
  type Comparison,
  compared,
  type DrillPlace,
  type DrillRecord,
  type LivingMachine,
} from "../../site/life/drill";
import { type StackOptions, specOf, stackOf } from "../backup/running";
import { restoreSite } from "../restore/restore";
import { appliedIn } from "../stack/applied";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";
import { backupsOf, type FromOptions } from "./backups";
import { objectsOf } from "./objects";
import { writeRecord } from "./record";
import { DrillStack } from "./stack";

export interface DrillOptions extends StackOptions, FromOptions {
  place: DrillPlace;
  identity: string;
  backup?: string;
  /** Where the record goes. */
  record: string;
  progress: (line: string) => void;
}

interface Living {
  kubeconfig: string;
  sshPrivateKey: string;
  machines: LivingMachine[];
}

/** How many objects a record names. */
const named = 20;

/**
 * Restores the newest backup of a site beside it, compares what came back with what the site has, takes everything away, and writes
 * down what it came to. The living site is only read.
 *
 * @throws Error as `path: fact; fix` if there is nothing to drill; a drill that fails is told by its record
 */
export async function drill(options: DrillOptions): Promise<DrillRecord> {
  const { progress } = options;
  const stack = stackOf(options);
  const spec = specOf(options);
  const started = Date.now();
  const living = await livingSite(stack, spec);
  refuseTaken(options.place, living.machines);
  const beside = new DrillStack(stack);
  await beside.clean(spec, progress);
  beside.describe(options.place, living.machines);
  const record: DrillRecord = {
    version: 1,
    site: spec.name,
    stack: stack.stack,
    time: new Date(started).toISOString(),
    passed: false,
  };
  try {
    await beside.within(() => restored(options, beside, living, spec, started, record));
  } catch (error) {
    record.problem = error instanceof Error ? error.message : String(error);
  } finally {
    await beside.clean(spec, progress).catch((error: unknown) => {
      record.passed = false;
      record.problem = `${record.problem ?? "the restore worked"}; what it made could not be taken away: ${error instanceof Error ? error.message : error}`;
    });
  }
  await beside.within(() => writeRecord(options.record, record, living.sshPrivateKey));
  return record;
}

/** Takes away what a drill left that was killed. */
export async function cleanDrill(options: StackOptions & Pick<DrillOptions, "progress">): Promise<void> {
  await new DrillStack(stackOf(options)).clean(specOf(options), options.progress);
}

async function restored(
  options: DrillOptions,
  beside: DrillStack,
  living: Living,
  spec: SiteSpec,
  started: number,
  record: DrillRecord,
): Promise<void> {
  const { progress, identity, backup } = options;
  const source = await backupsOf(spec, stackOf(options), options, join(beside.folder, "source"));
  const { stack, configFile } = beside.stack;
  const result = await restoreSite({ stack, configFile, source, backup, identity, progress });
  result.close();
  const { name, manifest } = result.backup;
  record.backup = { name, time: manifest.time };
  record.rpoSeconds = Math.round((started - Date.parse(manifest.time)) / 1000);
  const comparison = await compare(beside.stack, living, manifest.revision, progress);
  const finished = Date.now();
  record.rtoSeconds = Math.round((finished - started) / 1000);
  const { machines } = result.times;
  if (machines !== undefined) record.afterMachinesSeconds = Math.round((finished - machines) / 1000);
  record.objects = {
    ...comparison,
    rewritten: comparison.rewritten.length,
    missing: comparison.missing.slice(0, named),
    different: comparison.different.slice(0, named),
  };
  const { missing, different } = comparison;
  record.passed = missing.length === 0 && different.length === 0 && comparison.compared > 0;
  if (!record.passed)
    record.problem = `${missing.length} objects of the living site are missing and ${different.length} have another content: ${[...missing, ...different].slice(0, 3).join(", ")}`;
}

async function compare(
  stack: PulumiStack,
  living: Living,
  revision: number,
  progress: (line: string) => void,
): Promise<Comparison> {
  const kubeconfig = await pulumiOrThrow(stack, ["stack", "output", "kubeconfig", "--show-secrets"]);
  const read = async (config: string) => {
    const api = new Api(config);
    return objectsOf(api).finally(() => api.close());
  };
  const [is, was] = await Promise.all([read(kubeconfig), read(living.kubeconfig)]);
  const comparison = compared(was, is, revision);
  progress(
    `${comparison.same} of ${comparison.compared} objects came back as they are, ${comparison.rewritten.length} were rewritten for other addresses; ` +
      `${comparison.later} are later than the backup`,
  );
  return comparison;
}

/** What the stack says of the site that runs. */
async function livingSite(stack: PulumiStack, spec: SiteSpec): Promise<Living> {
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines)
    throw new Error(
      "hypervisor: servers that exist cannot be made beside the living ones; describe spare servers in another stack and use `groundwork restore`",
    );
  const { standing, ...outputs } = await outputsOf(stack);
  const { kubeconfig, sshPrivateKey } = outputs as Partial<Living>;
  const machines = appliedIn(standing, stack.stack)?.machines;
  if (!kubeconfig || !sshPrivateKey || !machines) throw noSiteIn(stack);
  return { kubeconfig, sshPrivateKey, machines };
}

function refuseTaken({ machines: range, apiVip }: DrillPlace, living: readonly LivingMachine[]): void {
  const drilled = parseRange(range);
  for (const { name, address } of living) {
    if (address === apiVip || contains(drilled, toNumber(address)))
      throw new Error(
        `${address === apiVip ? "--api-vip" : "--machines"}: ${address} is ${name}'s; give addresses that nobody has`,
      );
  }
}
