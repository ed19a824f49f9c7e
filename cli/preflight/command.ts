import { existsSync } from "node:fs";
import { Command } from "commander";
import { readFacts } from "../../sdks/vcenter/facts";
import { templatesOf, vcenterOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import { printable } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { preflight } from "../../site/judge/preflight";
import { PRIVILEGES } from "../../site/judge/preflight/account";
import type { PreflightLine } from "../../site/judge/preflight/line";
import { planSite } from "../../site/plan/plan";
import { readSiteFile } from "../input/document";
import { siteFileOf } from "../input/siteFile";
import { vcenterSession } from "../input/vcenterSession";
import { table } from "../output/table";
import { readPlan, savedPlanFile } from "../plan/command";
import { stateIfAny } from "../stack/state";
import { repositoryLines } from "./images";

interface PreflightOptions {
  stack?: string;
  configFile?: string;
  ca?: string;
  json?: boolean;
  role?: boolean;
}

/** `groundwork preflight`: what vCenter would refuse, found before anything is cloned. */
export function preflightCommand(): Command {
  return new Command("preflight")
    .description("ask vCenter, before anything is cloned, what it would refuse or do otherwise than planned")
    .argument("[file]", "a site's YAML or JSON file, or a Pulumi stack file")
    .option("--stack <stack>", "a Pulumi stack instead: machines that its state knows are not counted as in the way")
    .option("--config-file <file>", "the stack's configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--ca <file>", "trust this certificate authority of vCenter's")
    .option("--json", "print one JSON object")
    .option("--role", "print the privileges that the account takes, as `govc role.create` reads them; asks nothing")
    .addHelpText(
      "after",
      "\nOnly reads, with VSPHERE_USER and VSPHERE_PASSWORD: the account that `up` will use." +
        "\nExit code: 0 nothing stands in the way, 1 something does, 2 unusable input or no answer.",
    )
    .action(async (file: string | undefined, options: PreflightOptions) => {
      if (options.role) {
        process.stdout.write(`${Object.values(PRIVILEGES).flat().join(" ")}\n`);
        return;
      }
      const lines = await runPreflight(file, options, process.env);
      const refusals = lines.filter(({ state }) => state === "refused").length;
      process.stdout.write(
        options.json ? `${JSON.stringify({ refused: refusals, lines }, null, 2)}\n` : printed(lines),
      );
      process.exitCode = refusals > 0 ? 1 : 0;
    });
}

/** @throws UnusableInput for a description, an account or a vCenter that cannot be used */
export async function runPreflight(
  file: string | undefined,
  options: PreflightOptions,
  env: NodeJS.ProcessEnv,
): Promise<PreflightLine[]> {
  const description = siteFileOf({ file, ...options });
  const result = readSite(readSiteFile(description));
  if ("problems" in result) throw new UnusableInput(result.problems);
  const vcenter = vcenterOf(result.spec.hypervisor);
  if (!vcenter) throw unusable("hypervisor.kind", "this kind has no vCenter to ask", "run `groundwork plan` instead");
  const saved = savedPlanFile(description);
  const against = saved !== undefined && existsSync(saved) ? readPlan(saved) : undefined;
  const mine = options.stack === undefined ? new Set<string>() : await machinesOfState(options, env);
  const session = await vcenterSession(vcenter, options.ca, env);
  try {
    const plan = planSite(result.spec, { against });
    const names = plan.machines.map(({ name }) => name);
    const templates = templatesOf(result.spec);
    const [facts, images] = await Promise.all([
      readFacts(session, vcenter, { machines: names, templates }),
      repositoryLines(plan),
    ]);
    return [...preflight(plan, vcenter, facts, mine), ...images];
  } finally {
    await session.close();
  }
}

/** Names of the virtual machines that the stack's state knows; none for a stack that does not exist yet. */
async function machinesOfState({ stack = "", configFile }: PreflightOptions, env: NodeJS.ProcessEnv) {
  const state = await stateIfAny({ folder: process.cwd(), stack, configFile, env });
  const machines = (state?.resources ?? []).filter(({ type }) => type.startsWith("vsphere:index/virtualMachine:"));
  return new Set(machines.flatMap(({ outputs }) => (typeof outputs?.name === "string" ? [outputs.name] : [])));
}

const SIGNS = { ok: "ok", caution: "caution", refused: "REFUSED" } as const;

function printed(lines: readonly PreflightLine[]): string {
  const rows = lines.map(({ state, path, fact }) => [SIGNS[state], printable(path), printable(fact)]);
  const advice = lines
    .filter(({ state }) => state !== "ok")
    .map(({ path, fact, fix }) => `${printable(path)}: ${printable(fact)}; ${printable(fix ?? "")}`);
  const count = (state: PreflightLine["state"]) => lines.filter((line) => line.state === state).length;
  const verdict =
    count("refused") === 0
      ? `Nothing stands in the way: ${count("ok")} checks passed, ${count("caution")} cautions.`
      : `vCenter would refuse: ${count("refused")} of ${lines.length} checks.`;
  return `${table(["", "WHERE", "SEEN"], rows)}\n\n${advice.length > 0 ? `${advice.join("\n")}\n\n` : ""}${verdict}\n`;
}
