import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { findGuests } from "../../sdks/vcenter/guests";
import { Session } from "../../sdks/vcenter/session";
import { vcenterOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import { planSite } from "../../site/plan/plan";
import { siteIn } from "../input/document";
import { knownLogin } from "../recover/vcenter";
import type { PulumiStack } from "../stack/pulumi";

/** Why vCenter has no settings of a machine that it lists. */
const WITHOUT_SETTINGS = ["inaccessible", "orphaned", "invalid"];

/**
 * Machines of a site that must not be refreshed: the vSphere plugin, and the run with it, ends where it reads one of which vCenter
 * has no settings. Nothing where vCenter does not answer: the refresh tells that itself.
 */
export async function unreadable(stack: PulumiStack, spec: SiteSpec): Promise<string[]> {
  const vcenter = vcenterOf(spec.hypervisor);
  const login = vcenter && (await knownLogin(stack, vcenter).catch(() => undefined));
  const session = login && (await Session.open(login).catch(() => undefined));
  if (vcenter === undefined || session === undefined) return [];
  const names = planSite(spec).machines.map(({ name }) => name);
  try {
    const machines = await findGuests(session, vcenter, names);
    return machines.flatMap(({ name, connection = "" }) =>
      WITHOUT_SETTINGS.includes(connection)
        ? [
            formatProblem({
              path: `machines.${name}`,
              fact: `vCenter says it is ${connection}, and the vSphere plugin crashes where a refresh reads such a machine`,
              fix: `bring its datastore back, or give it up: \`groundwork recover --stack ${stack.stack} --gone ${name}\`; without --refresh the report is made`,
            }),
          ]
        : [],
    );
  } finally {
    await session.close();
  }
}

/** The same of the site that a stack's file describes; nothing if that is not in order, which the preview tells. */
export async function unreadableOf(stack: PulumiStack & { configFile: string }): Promise<string[]> {
  if (!existsSync(stack.configFile)) return [];
  const result = readSite(siteIn(parse(readFileSync(stack.configFile, "utf8"))));
  return "problems" in result ? [] : unreadable(stack, result.spec);
}
