import * as pulumi from "@pulumi/pulumi";
import type { VsphereCredentials } from "../components/hypervisors/vsphere/Datacenter";
import { readDatastores } from "../sdks/vcenter/datastores";
import { readFacts } from "../sdks/vcenter/facts";
import type { Session } from "../sdks/vcenter/session";
import { templatesOf, type Vcenter, vcenterOf } from "../site/description/hypervisors";
import { formatProblem, printable } from "../site/description/problem";
import type { VcenterFacts } from "../site/facts/vcenter";
import { preflight } from "../site/judge/preflight";
import type { PreflightLine } from "../site/judge/preflight/line";
import { deviceRefusals } from "../site/judge/preflight/storage";
import { refusal } from "../site/judge/refusal";
import type { Applied } from "../site/life/applied";
import type { SitePlan } from "../site/plan/model";
import { asksVcenter, askVcenter } from "./vcenter";

/**
 * Asks vCenter, before anything is registered, what it would refuse of machines that are to be made; and at every run, whether the devices that
 * the description names lie below their datastores, which the proof of where members lie rests on. `groundwork:preflight: false` in the
 * stack's configuration leaves it out.
 *
 * @throws RunError with every refusal at once
 */
export async function refusedByVcenter(
  config: pulumi.Config,
  plan: SitePlan,
  credentials: VsphereCredentials | undefined,
  applied: Applied | undefined,
): Promise<void> {
  const { spec } = plan;
  const vcenter = vcenterOf(spec.hypervisor);
  if (vcenter === undefined || credentials === undefined || !asksVcenter(config)) return;
  const names = plan.machines.map(({ name }) => name);
  const known = new Set(applied?.machines.map(({ name }) => name));
  const makesNone = names.every((name) => known.has(name));
  const refused = await asked(vcenter, credentials, async (session) => {
    if (makesNone) return deviceRefusals(plan, await readDatastores(session, vcenter));
    const facts = await readFacts(session, vcenter, { machines: names, templates: templatesOf(spec) });
    return refusals(plan, vcenter, facts, new Set([...known, ...machinesOfSite(facts, spec.name)]));
  });
  if (refused === undefined || refused.length === 0) return;
  throw new pulumi.RunError(
    refusal(spec.name, makesNone ? "changed" : "byVcenter", [
      ...refused.map(({ path, fact, fix = "" }) => formatProblem({ path, fact, fix })),
      "`groundwork preflight` tells all that was looked at; groundwork:preflight: false leaves this out",
    ]),
  );
}

/** What stands in the way of the machines that are to be made. A host that gets none of them may be out of service. */
function refusals(plan: SitePlan, vcenter: Vcenter, facts: VcenterFacts, mine: ReadonlySet<string>): PreflightLine[] {
  const hosts = new Set(plan.machines.filter(({ name }) => !mine.has(name)).map(({ host }) => host));
  const idle = plan.spec.hosts.flatMap(({ name }, i) => (hosts.has(name) ? [] : [`hosts[${i}].`]));
  return preflight(plan, vcenter, facts, mine).filter(
    ({ state, path }) => state === "refused" && !idle.some((host) => path.startsWith(host)),
  );
}

/** Machines that an `up` that did not end has made: the state knows them, and this program cannot ask it. */
function machinesOfSite({ machines }: VcenterFacts, site: string): string[] {
  return machines.flatMap((machine) => (machine.site === site ? [machine.name] : []));
}

/** Nothing, and a word of it, if vCenter does not answer: what it refuses of the plugin is told in full by that. */
async function asked<T>(
  vcenter: Vcenter,
  credentials: VsphereCredentials,
  question: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await askVcenter(vcenter, credentials, question);
  } catch (error) {
    void pulumi.log.info(
      `vCenter was not asked what it would refuse, and devices are what the description says (${printable((error as Error).message)})`,
    );
    return undefined;
  }
}
