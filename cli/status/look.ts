import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateRecord } from "../../components/Pki";
import type { MemberRecord } from "../../components/records";
import type { SiteSpec } from "../../site/description/spec";
import { factsOfStanding } from "../../site/facts/standing";
import { noticeHours } from "../../site/life/alone";
import type { Applied } from "../../site/life/applied";
import type { DrillRecord } from "../../site/life/drill";
import { differences } from "../../site/life/saved";
import { planSite } from "../../site/plan/plan";
import { appliedIn } from "../stack/applied";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";
import { type Access, ask } from "./ask";
import { statusOf } from "./judge";
import type { Status } from "./model";
import { vcenterAsker } from "./vcenter";

interface Outputs {
  standing: Applied;
  endpoint: string;
  certificates: CertificateRecord[];
  members: MemberRecord[];
}

/**
 * Reads a stack's state once; what is returned asks the site each time.
 *
 * @throws UnusableInput if the state cannot be read, or no site is up in it
 */
export async function lookAt(stack: PulumiStack, spec: SiteSpec): Promise<() => Promise<Status>> {
  const [told, askVcenter] = await Promise.all([outputsOf(stack), vcenterAsker(stack, spec)]);
  const outputs = told as unknown as Partial<Outputs> & Access;
  const { endpoint, certificates = [], members = [] } = outputs;
  const applied = appliedIn(outputs.standing, stack.stack);
  if (applied === undefined || endpoint === undefined) throw noSiteIn(stack);
  const plan = planSite(spec, { against: applied, standing: applied });
  const facts = factsOfStanding(plan, applied.machines);
  const drill = drillIn(join(stack.folder, "drills", `${stack.stack}.json`));
  const isDone = differences(plan, applied).length === 0 && applied.kubernetes === spec.kubernetes.version;
  const described = `the description was changed and never brought up: pulumi preview --stack ${stack.stack}`;
  const names = applied.machines.map(({ name }) => name);
  return async () => {
    const [answers, places] = await Promise.all([ask(facts, spec, outputs), askVcenter?.(names)]);
    return statusOf({
      stack: stack.stack,
      site: plan.site,
      at: new Date().toISOString(),
      endpoint,
      ...(plan.vip !== undefined && { address: plan.vip }),
      facts,
      kubernetes: applied.kubernetes,
      ...answers,
      ...(places && { places }),
      qualified: Object.fromEntries(members.flatMap(({ name, disk }) => (disk ? [[name, disk.p99Ms]] : []))),
      shared: spec.sharedStorage.flatMap(({ datastores }) => datastores),
      certificates: certificates.map(({ id, expires, successors, machines, places = [] }) => ({
        id,
        expires,
        ...(successors && { successors }),
        machines,
        places: places.map(({ where }) => ({ where })),
      })),
      ...(spec.backup && { backupHours: spec.backup.maximumAgeHours }),
      ...(drill && { drill }),
      undone: isDone ? [] : [described],
      noticeDays: noticeHours(spec.pki) / 24,
    });
  };
}

/** When the site was last restored beside itself; nothing where no record is, or none that can be read. */
function drillIn(file: string): Pick<DrillRecord, "time" | "passed"> | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DrillRecord) : undefined;
  } catch {
    return undefined;
  }
}
