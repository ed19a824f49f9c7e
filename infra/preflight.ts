import * as pulumi from "@pulumi/pulumi";
import type { VsphereCredentials } from "../components/hypervisors/vsphere/Datacenter";
import { safePlan } from "../components/safePlan";
import { readFacts } from "../sdks/vcenter/facts";
import { Session } from "../sdks/vcenter/session";
import { type Vcenter, vcenterOf } from "../site/description/hypervisors";
import { formatProblem, printable } from "../site/description/problem";
import { requestMachines } from "../site/description/requests";
import type { SiteSpec } from "../site/description/spec";
import type { VcenterFacts } from "../site/facts/vcenter";
import { preflight } from "../site/judge/preflight";
import type { PreflightLine } from "../site/judge/preflight/line";
import type { Applied } from "../site/life/applied";
import type { EarlierPlan, SitePlan } from "../site/plan/model";

/**
 * Asks vCenter what it would refuse, before anything is registered, where machines are to be made: an `up` of what runs already asks
 * nothing. `groundwork:preflight: false` in the stack's configuration leaves it out.
 *
 * @throws RunError with every refusal at once
 */
export async function refusedByVcenter(
  config: pulumi.Config,
  spec: SiteSpec,
  credentials: VsphereCredentials | undefined,
  { saved, applied }: { saved?: EarlierPlan; applied?: Applied },
): Promise<void> {
  const vcenter = vcenterOf(spec.hypervisor);
  if (vcenter === undefined || credentials === undefined || !(config.getBoolean("preflight") ?? true)) return;
  const known = new Set(applied?.machines.map(({ name }) => name));
  // A number that is left to the planner is what runs, or is not known before there is a plan.
  if (requestMachines(spec).every(({ name }) => known.has(name))) return;
  const { plan } = safePlan(spec, saved, applied);
  const names = plan.machines.map(({ name }) => name);
  if (names.every((name) => known.has(name))) return;
  const facts = await factsOf(vcenter, credentials, names);
  if (facts === undefined) return;
  const mine = new Set([...known, ...machinesOfSite(facts, spec.name)]);
  const refused = refusals(plan, vcenter, facts, mine);
  if (refused.length === 0) return;
  throw new pulumi.RunError(
    [
      `${spec.name}: vCenter would refuse it; nothing is made`,
      ...refused.map(({ path, fact, fix = "" }) => formatProblem({ path, fact, fix })),
      "`groundwork preflight` tells all that was looked at; groundwork:preflight: false leaves this out",
    ].join("\n"),
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
async function factsOf(
  vcenter: Vcenter,
  { user, password }: VsphereCredentials,
  names: readonly string[],
): Promise<VcenterFacts | undefined> {
  const [name, secret] = await Promise.all([known(user), known(password)]);
  try {
    const login = { server: vcenter.server, user: name, password: secret, insecure: vcenter.allowUnverifiedSsl };
    const session = await Session.open(login);
    try {
      return await readFacts(session, vcenter, names);
    } finally {
      await session.close();
    }
  } catch (error) {
    void pulumi.log.info(`vCenter was not asked what it would refuse (${printable((error as Error).message)})`);
    return undefined;
  }
}

function known(value: pulumi.Input<string>): Promise<string> {
  return new Promise((resolve) => pulumi.output(value).apply(resolve));
}
