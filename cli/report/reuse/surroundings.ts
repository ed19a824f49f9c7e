import { scryptSync } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Digests } from "./digests";

/** Variables that say who runs a report and when, not what it is about: a shell's, npm's, and those of CI for one run. */
const ofTheRun =
  /^(_|SHLVL|PWD|OLDPWD|INIT_CWD|TMPDIR|TERM(_.*)?|COLUMNS|LINES|LS_COLORS|COLORTERM|HOSTNAME|INVOCATION_ID|JOURNAL_STREAM|XDG_SESSION_.*|SSH_(CLIENT|CONNECTION|TTY)|npm_.*|(CI|GITHUB|GITLAB|RUNNER|ACTIONS)_.*)$/;

/**
 * A digest of the environment that could matter, and of the file that a passphrase is read from. Passwords are in it: it is made
 * slowly, so that nobody finds them by trying.
 */
export function environmentDigest(env: NodeJS.ProcessEnv, digests: Digests): string {
  const { PULUMI_CONFIG_PASSPHRASE_FILE: passphrase } = env;
  const variables = Object.entries(env)
    .filter(([name]) => !ofTheRun.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const known = JSON.stringify([variables, passphrase && digests.file(passphrase)]);
  return scryptSync(known, "groundwork report", 32).toString("hex");
}

/** The Pulumi programs on PATH by content, and the plugins that are installed by name. */
export function engineInputs(env: NodeJS.ProcessEnv, digests: Digests): unknown {
  const programs = (env.PATH ?? "").split(delimiter).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.startsWith("pulumi"))
      .map((name) => [join(folder, name), digests.file(join(folder, name))]),
  );
  return { programs, plugins: namesIn(pluginFolder(env)) };
}

/** The files of the installed plugins for some packages (`vsphere`), of every version. */
export function pluginFiles(env: NodeJS.ProcessEnv, packages: ReadonlySet<string>): string[] {
  const folder = pluginFolder(env);
  return namesIn(folder).flatMap((name) => {
    const of = /^resource-(.+)-v\d/.exec(name)?.[1];
    return of !== undefined && packages.has(of) ? filesIn(join(folder, name)) : [];
  });
}

function pluginFolder(env: NodeJS.ProcessEnv): string {
  return join(env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
