import { existsSync } from "node:fs";
import { unusable } from "../../site/description/unusableInput";
import { requireRendered } from "../fleet/render";
import { describedBy } from "./described";
import { htmlOf } from "./html/page";
import { markdownOf } from "./markdown";
import type { Report } from "./model";
import type { ReportOptions } from "./options";
import { packOf } from "./pack";
import { previews } from "./previews";
import { projectIn, stacksOf } from "./project";
import { keptFolder } from "./reuse/kept";
import { previewsOrKept } from "./reuse/previews";
import { type Base, baseOf, type Touched, touchedSince } from "./revision";
import { masked } from "./secrets";
import { stackReport } from "./stack";

export interface Told {
  text: string;
  html(): string;
  exitCode: 0 | 1 | 2;
}

export async function report(options: ReportOptions, log: (text: string) => void): Promise<Told> {
  const made = await makeReport(options, log);
  const html = () => htmlOf(made);
  const text =
    options.format === "json"
      ? `${JSON.stringify({ version: 1, ...made }, null, 2)}\n`
      : options.format === "html"
        ? html()
        : markdownOf(made);
  return { text, html, exitCode: exitCodeOf(made) };
}

export function exitCodeOf({ stacks }: Report): 0 | 1 | 2 {
  const verdicts = stacks.map(({ verdict }) => verdict.is);
  return verdicts.includes("unsafe") ? 1 : verdicts.includes("unjudged") ? 2 : 0;
}

async function makeReport(options: ReportOptions, log: (text: string) => void): Promise<Report> {
  const { configFile } = options;
  if (configFile !== undefined) {
    if (options.stack?.length !== 1) throw unusable("--config-file", "it is one stack's", "name that one with --stack");
    if (!existsSync(configFile)) throw unusable(configFile, "there is no such file", "name the stack's file");
  }
  const project = projectIn(options.project, configFile);
  if (configFile === undefined) requireRendered(project);
  const base = options.base === undefined ? undefined : await baseOf(project, options.base);
  const touched = base && (await touchedSince(project, base));
  const stacks = options.stack ?? touched?.stacks ?? stacksOf(project);
  const pack = packOf(project, options);
  const asks = stacks.map((stack) => ({ project, stack, ...pack, refresh: options.refresh === true }));
  const quiet = (text: string) => log(masked(text) as string);
  const folder = typeof options.cache === "string" ? options.cache : keptFolder();
  const outputs = [options.output, options.html, folder].filter((file) => file !== undefined);
  const told =
    options.cache === false
      ? (await previews(asks, options.parallel, quiet)).map(({ preview }) => preview)
      : await previewsOrKept(asks, options.parallel, quiet, folder, outputs);
  return {
    ...(base && { base: base.name }),
    stacks: await Promise.all(
      told.map(async (preview) => stackReport(preview, await describedBy(project, preview.stack, base))),
    ),
    removed: touched?.removed ?? [],
    scope: scopeOf(options, base, touched, stacks.length),
  };
}

function scopeOf(options: ReportOptions, base: Base | undefined, touched: Touched | undefined, count: number): string {
  if (options.stack) return `asked for: ${options.stack.join(", ")}`;
  if (!base || !touched) return "every stack of the project";
  if (touched.program) return `the program differs from ${base.name}: every stack`;
  return count > 0
    ? `stacks whose file differs from ${base.name}`
    : `nothing that makes a site differs from ${base.name}`;
}
