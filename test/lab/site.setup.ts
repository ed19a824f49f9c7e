import type { TestProject } from "vitest/node";
import { attempt, demo, labIsKept, labName } from "../support/lab/site";

declare module "vitest" {
  interface ProvidedContext {
    /** Accepted SSH logins of each container by the end of the first `npm run demo`. */
    firstLogins: Record<string, number>;
  }
}

/** Brings the tests' site up with the command that people run, and takes everything away afterwards. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (labIsKept) {
    project.provide("firstLogins", await logins());
    return undefined;
  }
  // What a run that was killed left behind.
  await destroy();
  const { code, text } = await demo();
  if (code === 0) {
    // Asked now: a machine that is stopped by a test forgets its journal.
    project.provide("firstLogins", await logins());
    return destroy;
  }
  await destroy();
  throw new Error(`npm run demo -- --name ${labName}: exit code ${code}\n${text}`);
}

async function logins(): Promise<Record<string, number>> {
  const filter = ["--filter", `label=groundwork.lab=${labName}`, "--format", "{{.Names}}"];
  const { stdout } = await attempt("docker", ["ps", ...filter]);
  const counted = stdout
    .split("\n")
    .filter(Boolean)
    .map(async (name) => {
      const journal = await attempt("docker", ["exec", name, "journalctl", "--no-pager", "-t", "sshd"]);
      return [name, journal.stdout.split("Accepted publickey").length - 1] as const;
    });
  return Object.fromEntries(await Promise.all(counted));
}

async function destroy(): Promise<void> {
  const { code, text } = await demo("--destroy");
  if (code !== 0) throw new Error(`npm run demo -- --name ${labName} --destroy: exit code ${code}\n${text}`);
}
