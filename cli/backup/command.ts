import { Command } from "commander";
import { running, type StackOptions, specOf, stackOf } from "./running";
import { age, type BackupState, bytes } from "./state";

interface Options extends StackOptions {
  list?: boolean;
  status?: boolean;
}

/** `groundwork backup`: makes a backup now, or shows what there is. */
export function backupCommand(): Command {
  return new Command("backup")
    .description("back up a site now: etcd and its keys, encrypted, at all its targets")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--list", "only show which backups the targets have")
    .option("--status", "only show how old the last one is; fails if it is older than backup.maximumAgeHours")
    .action(backup);
}

async function backup(options: Options): Promise<void> {
  const spec = specOf(options);
  if (!spec.backup) throw new Error("backup: the site has none; add recipients and targets to its description");
  const site = await running(stackOf(options), spec);
  const members = site.machines.filter(({ role }) => role === "etcd");
  try {
    if (options.list) {
      process.stdout.write(
        await firstThat(members, ({ address }) => site.login.ask(address, "groundwork-backup list")),
      );
      return;
    }
    const member = await firstThat(members, async (each) => {
      await site.login.ask(each.address, "systemctl is-active --quiet etcd");
      return each;
    });
    if (!options.status) {
      const { code, stderr } = await site.login.run(member.address, "groundwork-backup now", undefined, console.log);
      if (code !== 0) throw new Error(lastLine(stderr) || `${member.name}: groundwork-backup ended with ${code}`);
    }
    show(await stateOf(site.login, member.address), spec.backup.maximumAgeHours);
  } finally {
    site.login.close();
  }
}

/** What the members know of the last backup. */
export async function stateOf(login: { ask(address: string, script: string): Promise<string> }, address: string) {
  const text = await login.ask(address, "cat /var/lib/groundwork/backup.json 2>/dev/null || echo '{\"last\": null}'");
  return JSON.parse(text) as BackupState;
}

function show({ last, attempt }: BackupState, maximumAgeHours: number): void {
  if (!last) throw new Error(`backup: there is none yet${attempt ? `; the last attempt: ${attempt.message}` : ""}`);
  const seconds = (Date.now() - Date.parse(last.time)) / 1000;
  console.log(`last backup  ${last.name}
size         ${bytes(last.size)}, ${last.objects} objects at revision ${last.revision}
age          ${age(seconds)}, made by ${last.member}`);
  if (attempt && !attempt.ok) console.log(`last attempt ${attempt.time} on ${attempt.member}: ${attempt.message}`);
  if (seconds > maximumAgeHours * 3600)
    throw new Error(
      `backup: the last one is ${age(seconds)} old, ${maximumAgeHours} h at most are allowed; see \`systemctl status groundwork-backup\` on the etcd members`,
    );
}

/** The first answer that is no error; the last error if there is none. */
async function firstThat<T, R>(from: readonly T[], ask: (each: T) => Promise<R>): Promise<R> {
  let problem: unknown = new Error("machines: the site has no etcd member");
  for (const each of from) {
    try {
      return await ask(each);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
