// A process that runs previews, one after another: the program is compiled and loaded once for all of them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { type EngineEvent, LocalWorkspace, PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import type { PolicyReport } from "../../policies/outcome";
import { hasBegun } from "../../sdks/pulumi/begun";
import { silenceDebugMessages } from "../../sdks/pulumi/debugMessages";
import { unknownVersion } from "../../site/description/formatVersion";
import { formatProblem } from "../../site/description/problem";
import { stateProblem } from "../stack/failure";
import type { PulumiStack } from "../stack/pulumi";
import { recordsOf, stateIfAny } from "../stack/state";
import { Patience } from "./patience";
import { type Ending, noPreview, type Preview, previewOf } from "./preview";
import type { Answer, Ask } from "./previews";
import { stackFile } from "./project";

// Pulumi takes a stack trace with every call, and none is shown: errors are told by their messages.
Error.stackTraceLimit = 0;

silenceDebugMessages();

/** A program still waits in this process for what never comes. */
let isSpent = false;
let started: Promise<Started> | undefined;

interface Started {
  workspace: LocalWorkspace;
  /** Whether the program runs in this process. */
  isOurs: boolean;
}

process.on("disconnect", () => process.exit());
process.on("message", async (ask: Ask) => {
  const preview = await previewed(ask).catch((error: unknown) => noPreview(ask.stack, said(error)));
  const isOurs = (await started?.catch(() => undefined))?.isOurs;
  const modules = isOurs ? Object.keys(require.cache).filter((name) => isAbsolute(name)) : undefined;
  const answer: Answer = { preview, ...(modules && { modules }), ...(isSpent && { isLast: true }) };
  process.send?.(answer, () => {
    if (isSpent) process.exit();
  });
});

async function previewed(ask: Ask): Promise<Preview> {
  const refused = ask.refresh ? await refusedRefresh(ask) : [];
  if (refused.length > 0) return noPreview(ask.stack, refused.join("\n"), await known(ask));
  started ??= start(ask);
  const { workspace } = await started;
  const stack = await Stack.select(ask.stack, workspace);
  const events: EngineEvent[] = [];
  const folder = mkdtempSync(join(tmpdir(), "groundwork-report-"));
  const written = join(folder, "policies.json");
  const configFile = copyOfConfig(ask, folder);
  workspace.envVars = { GROUNDWORK_POLICY_REPORT: written };
  const running = runningOf(ask);
  const judged = (): Ending => (existsSync(written) ? readPolicyReport(readFileSync(written, "utf8")) : {});
  const patience = new Patience();
  try {
    await stack.preview({
      signal: patience.signal,
      onEvent: (event) => {
        patience.saw(event);
        events.push(event);
      },
      configFile,
      policyPacks: [ask.policyPack],
      policyPackConfigs: ask.policyConfig ? [ask.policyConfig] : [],
      refresh: ask.refresh,
      color: "never",
      parallel: 16,
    });
    return previewOf(ask.stack, events, { ...judged(), running: await running });
  } catch (error) {
    const text = said(error);
    const problem = stateProblem(ask.stack, text);
    const ending = { error: problem ? formatProblem(problem) : text, ...judged() };
    return previewOf(ask.stack, events, { ...ending, ...(await known(ask, running)) });
  } finally {
    patience.end();
    isSpent ||= patience.signal.aborted;
    rmSync(folder, { recursive: true });
  }
}

const stackOf = ({ project, stack }: Ask): PulumiStack => ({ folder: project.folder, stack, env: process.env });

/** The engine's events do not tell it: to the engine every record is a secret. A state that cannot be read ends the preview, too. */
async function runningOf(ask: Ask): Promise<Ending["running"]> {
  return (await recordsOf(stackOf(ask)).catch(() => undefined)) as Ending["running"];
}

/** What is known of a stack without a preview. */
async function known(ask: Ask, running = runningOf(ask)): Promise<Pick<Ending, "running" | "state">> {
  const state = await stateIfAny(stackOf(ask)).catch(() => undefined);
  return { running: await running, ...(state && { state: state.resources }) };
}

/** Why the engine must not be told to refresh. Reports without a refresh do not load what asks vCenter. */
async function refusedRefresh({ project, stack }: Ask): Promise<string[]> {
  const { unreadableOf } = require("./unreadable") as typeof import("./unreadable");
  const configFile = resolve(project.folder, stackFile(project, stack));
  return unreadableOf({ folder: project.folder, stack, configFile, env: process.env });
}

/** The stack's file, for the engine: into one without a salt it would write one, and a report changes nothing of the project. */
function copyOfConfig({ project, stack }: Ask, folder: string): string {
  const [file, copy] = [resolve(project.folder, stackFile(project, stack)), join(folder, `Pulumi.${stack}.yaml`)];
  writeFileSync(copy, existsSync(file) ? readFileSync(file) : "", { mode: 0o600 });
  return copy;
}

/** What the pack wrote, which may be newer than this program. */
function readPolicyReport(text: string): Ending {
  const report: unknown = JSON.parse(text);
  const unknown = unknownVersion(report, 1);
  return unknown
    ? { error: `what the policy pack writes down: ${formatProblem(unknown)}` }
    : { judged: report as PolicyReport };
}

async function start({ project }: Ask): Promise<Started> {
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: true });
  const program = project.program === undefined ? undefined : loaded(project.program);
  const workspace = await LocalWorkspace.create({
    workDir: project.folder,
    pulumiCommand,
    ...(program && { program }),
  });
  // Selecting a stack would change which one the user has selected; each command names its own.
  workspace.selectStack = async () => {};
  return { workspace, isOurs: program !== undefined };
}

/**
 * The program as a function, to be called for one stack after another. None of a module that is the program itself: it registers
 * resources while it is loaded, or reads what only an engine gives it. The engine runs such a one in a process of its own, for each
 * stack anew, and tells what is wrong with it.
 */
function loaded(path: string): PulumiFn | undefined {
  try {
    const program = require(path);
    if (typeof program === "function" && !hasBegun()) return program;
  } catch {}
  // What it began without an engine may fail at any time, and nobody asked for it.
  for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, () => {});
  return undefined;
}

/** The engine's last words: its own message says only which command failed. */
function said(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const stderr = /\n\s*stderr: ([\s\S]*?)(?:\n\s*err\?: [\s\S]*)?$/.exec(text)?.[1]?.trim();
  return stderr || text.trim();
}
