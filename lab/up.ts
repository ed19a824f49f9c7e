import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recover } from "../cli/recover/recover";
import { failureOf, pulumi, pulumiOrThrow } from "../cli/stack/pulumi";
import { type Lab, project } from "./lab";
import { type Progress, repository } from "./toolchain/artifact";

/** How many resources an `up` touched, by what it did: `{create: 154}`, `{same: 154}` … */
export type Changes = Record<string, number>;

/** How a lab's site is brought up: what can go at once does, and the policy pack is asked first. */
export const upArguments = [
  "up",
  "--yes",
  "--skip-preview",
  "--parallel",
  "64",
  "--policy-pack",
  join(repository, "policies"),
];

/**
 * Brings a lab's site up with the policy pack asked first, or changes it to what its stack file says now. What an interrupted run
 * left behind is settled before. Everything Pulumi prints is kept in the lab's `logs/up.log`.
 *
 * @throws Error with Pulumi's diagnostics
 */
export async function upLab(lab: Lab, progress: Progress): Promise<Changes> {
  for (const line of await recover(lab.stack, project, lab.site.hypervisor)) progress(line);
  const log = join(lab.paths.logs, "up.log");
  writeFileSync(log, "", { mode: 0o600 });
  let resources = 0;
  const result = await pulumi(lab.stack, upArguments, (line) => {
    appendFileSync(log, `${line}\n`);
    const done = /^ [+~-]+ +(\S+) (\S+) (?:created|updated|deleted|replaced)/.exec(line);
    if (done) progress(`${++resources} resources done, last: ${done[2]}`);
  });
  // A site that is up and not healthy can be looked into.
  if (result.code !== 0) await writeAccess(lab).catch(() => {});
  if (result.code !== 0) throw failureOf(lab.stack, "up", result, `all it printed is in ${log}`);
  const [last] = JSON.parse(await pulumiOrThrow(lab.stack, ["stack", "history", "--json", "--page-size", "1"])) as [
    { resourceChanges?: Changes },
  ];
  await writeAccess(lab);
  return last.resourceChanges ?? {};
}

/** Puts the kubeconfig and the SSH login, secrets of the stack, where the lab's owner can use them. */
async function writeAccess(lab: Lab): Promise<void> {
  const outputs = JSON.parse(await pulumiOrThrow(lab.stack, ["stack", "output", "--json", "--show-secrets"])) as {
    kubeconfig: string;
    sshPrivateKey: string;
    sshKnownHosts: string;
  };
  for (const [file, text] of [
    [lab.paths.kubeconfig, outputs.kubeconfig],
    [lab.paths.sshKey, outputs.sshPrivateKey],
    [lab.paths.knownHosts, outputs.sshKnownHosts],
  ] as const) {
    writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
}
