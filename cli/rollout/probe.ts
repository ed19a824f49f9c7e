import type { Probe } from "../../fleet/rollout/schema";
import type { Watch } from "../../fleet/rollout/work";
import { printable } from "../../site/description/problem";
import { program } from "../process/program";
import type { Project } from "../report/project";

/** Why the owner's own question is not answered well; undefined if it is. Nothing that the program prints is told: it may be a secret. */
export async function unanswered(
  { folder }: Project,
  site: string,
  { command, seconds }: Probe,
  { signal }: Pick<Watch, "signal">,
): Promise<string | undefined> {
  const [name = "", ...args] = command.map((part) => part.replaceAll("{name}", site));
  const told = printable(name);
  const begun = performance.now();
  const { code } = await program(name, args, {
    cwd: folder,
    env: { ...process.env, GROUNDWORK_SITE: site },
    signal,
    most: seconds * 1000,
    absent: "install it beside the worker, or correct probe.command",
  });
  if (performance.now() - begun >= seconds * 1000) return `the probe ${told} did not answer within ${seconds} s`;
  return code === 0 ? undefined : `the probe ${told} says no (exit code ${code})`;
}
