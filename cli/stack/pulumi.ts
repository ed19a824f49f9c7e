import { UnusableInput } from "../../site/description/unusableInput";
import { type Ended, program } from "../process/program";
import { stateProblem } from "./failure";

/** How a `pulumi` command ended. */
export type PulumiResult = Ended;

/** The Pulumi CLI on one stack of this project. */
export interface PulumiStack {
  /** The folder of Pulumi.yaml. */
  folder: string;
  stack: string;
  /** Another file than `stacks/Pulumi.<stack>.yaml`. */
  configFile?: string;
  /** Environment; PATH decides which `pulumi` runs. */
  env: NodeJS.ProcessEnv;
}

/** Commands that read the stack's configuration. */
const configured = new Set(["up", "preview", "refresh", "destroy", "import", "config"]);

/**
 * Runs `pulumi` and returns however it ended.
 *
 * @param onLine sees each line of both streams as it comes
 * @param signal ends it as Ctrl-C does: what it is doing is finished, nothing else begins
 * @throws only if the program cannot be started
 */
export function pulumi(
  stack: PulumiStack,
  args: string[],
  onLine?: (line: string) => void,
  signal?: AbortSignal,
): Promise<PulumiResult> {
  const command = args[0] ?? "";
  const config = stack.configFile && configured.has(command) ? ["--config-file", stack.configFile] : [];
  const all = [...args, "--stack", stack.stack, "--non-interactive", "--color", "never", ...config];
  return program("pulumi", all, {
    cwd: stack.folder,
    env: stack.env,
    onLine,
    signal,
    absent: "install the Pulumi CLI",
  });
}

/** What a person needs of a failed run: what policies refused, and from `Diagnostics:` on; or the last lines. */
export function diagnosticsOf({ stdout, stderr }: PulumiResult): string {
  const part = (from: string, to: string) => {
    const start = stdout.indexOf(from);
    const end = stdout.indexOf(to, start);
    return start < 0 ? "" : stdout.slice(start, end > start ? end : undefined).trim();
  };
  const policies = part("\nPolicies:", "\nDiagnostics:");
  const refused = policies.includes("[mandatory]") ? policies : "";
  const said = [refused, part("\nDiagnostics:", "\nOutputs:")].filter(Boolean);
  if (said.length === 0) said.push(stdout.split("\n").slice(-15).join("\n").trim());
  return [...said, stderr.trim()].filter(Boolean).join("\n");
}

/** The error of a command that failed: unusable input if it did not come to the stack's state, else with its diagnostics. */
export function failureOf({ stack }: PulumiStack, command: string, result: PulumiResult, advice = ""): Error {
  // What a program or a provider says is on standard output.
  const problem = stateProblem(stack, result.stderr);
  if (problem) return new UnusableInput([problem]);
  return new Error(
    `pulumi ${command}: failed (exit code ${result.code})${advice && `; ${advice}`}\n${diagnosticsOf(result)}`,
  );
}

/**
 * Like `pulumi`, for commands that have to succeed.
 *
 * @throws UnusableInput if the state cannot be read: a wrong passphrase, a lock, a damaged file, no backend
 */
export async function pulumiOrThrow(
  stack: PulumiStack,
  args: string[],
  onLine?: (line: string) => void,
): Promise<string> {
  const result = await pulumi(stack, args, onLine);
  if (result.code !== 0) throw failureOf(stack, args[0] ?? "", result);
  return result.stdout;
}
