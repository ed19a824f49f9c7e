import type { Backup } from "../../site/description/spec";
import { targetName } from "../../site/render/backup";
import { pagePath } from "../output/page";
import { healthSteps } from "./chapters";
import { type Step, tell } from "./procedure";
import { quoted, type Shell } from "./shell";

type Target = Backup["targets"][number];

/** Only when no member's data is left, or all of it is wrong. */
export function restoreSteps(shell: Shell): Step[] {
  const targets = shell.plan.spec.backup?.targets ?? [];
  return [
    tell(
      "Only when no member of etcd has its data any more, or when what is in it was destroyed by mistake: it takes the " +
        "whole site back in time, to the moment of the backup.",
    ),
    tell(
      `The site is built again into an empty stack, from its description, the passphrase and a backup; ${pagePath("backup.md")} says ` +
        "what each file is. The private key that opens a backup is with the people above, never on the site: where KEY stands, " +
        "write the name of its file. Without --backup the newest is taken.",
    ),
    { text: "If the state is lost, too: an empty one.", command: shell.pulumi("stack init"), use: "edit" },
    ...(targets.length === 0
      ? [restore(shell, "The description names no backups. If there are any, fill in where:", "--from BACKUPS")]
      : targets.flatMap((target) => (target.kind === "sftp" ? fromSftp(shell, target) : fromS3(shell, target)))),
    ...healthSteps(shell).slice(0, 1),
  ];
}

function restore(shell: Shell, text: string, from: string): Step {
  const command = `npx groundwork restore --stack ${shell.stack}${shell.config} ${from} --identity KEY`;
  return { text, command, use: "edit" };
}

function fromSftp(shell: Shell, target: Extract<Target, { kind: "sftp" }>): Step[] {
  const { host, port, hostKey } = target;
  const [key, hosts] = [`${shell.folder}/backup-key-${host}`, `${shell.folder}/backup-hosts-${host}`];
  const name = port === 22 ? host : `[${host}]:${port}`;
  const login = [
    `mkdir -p ${shell.folder}`,
    `(umask 077; ${shell.pulumi("config get backupSftpKey")} > ${key})`,
    `echo ${quoted(`${name} ${hostKey}`)} > ${hosts}`,
  ];
  return [
    { text: `From ${targetName(target)}: fetch the login, once.`, command: login.join("\n"), use: "access" },
    restore(shell, "Then restore.", `--from ${quoted(targetName(target))} --sftp-key ${key} --known-hosts ${hosts}`),
  ];
}

/** A copy of everything there is, by rclone, which reads whatever speaks S3. */
function fromS3(shell: Shell, target: Extract<Target, { kind: "s3" }>): Step[] {
  const { endpoint, bucket, prefix, region, ca } = target;
  const [copy, authority] = [`${shell.folder}/backups-${bucket}`, `${shell.folder}/backups-${bucket}.crt`];
  const remote = `:s3,provider=Other,env_auth=true,force_path_style=true,region=${region},endpoint="${endpoint}":${bucket}`;
  const secret = (name: string) => `"$(${shell.pulumi(`config get ${name}`)})"`;
  const fetch = [
    `mkdir -p ${copy}`,
    ...(ca === undefined ? [] : [`cat > ${authority} <<'END'\n${ca.trim()}\nEND`]),
    `AWS_ACCESS_KEY_ID=${secret("backupS3AccessKey")} AWS_SECRET_ACCESS_KEY=${secret("backupS3SecretKey")} \\`,
    `  rclone copy${ca === undefined ? "" : ` --ca-cert ${authority}`} ${quoted(prefix ? `${remote}/${prefix}` : remote)} ${copy}`,
  ];
  return [
    { text: `From ${targetName(target)}: copy what is there, with rclone.`, command: fetch.join("\n"), use: "access" },
    restore(shell, "Then restore.", `--from ${copy}`),
  ];
}
