import type { Backup } from "../description/spec";
import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import type { FileSpec } from "./file";
import { file, privateFile, secret } from "./file";
import { shell } from "./shell";
import { ON_MEMBER, type Timed, timedService, timer } from "./timedUnit";

export const BACKUP_SCRIPT = "/usr/local/sbin/groundwork-backup";

const FOLDER = "/etc/groundwork/backup";

/** What a member needs to make backups: the program, its timer, who may read them, and where they go (D1). */
export function backupFiles(plan: SitePlan, machine: MachinePlan, backup: Backup): FileSpec[] {
  const sftp = backup.targets.filter((target) => target.kind === "sftp");
  return [
    file(`${FOLDER}/backup.conf`, settings(plan, machine, backup), ["backup"]),
    file(`${FOLDER}/recipients`, backup.recipients.map((recipient) => `${recipient}\n`).join(""), ["backup"]),
    privateFile(`${FOLDER}/site.age`, secret("backup/sealed"), ["backup"]),
    privateFile(`${FOLDER}/rclone.conf`, rcloneConfiguration(backup), ["backup"]),
    ...(sftp.length > 0
      ? [
          privateFile(`${FOLDER}/sftp-key`, secret("backup/sftp-key"), ["backup"]),
          file(`${FOLDER}/known_hosts`, sftp.map(knownHost).join(""), ["backup"]),
        ]
      : []),
    ...backup.targets.flatMap((target, i) =>
      target.kind === "s3" && target.ca !== undefined ? [file(`${FOLDER}/ca-${i}.crt`, target.ca, ["backup"])] : [],
    ),
    file(BACKUP_SCRIPT, shell("etcd-backup"), ["backup"], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-backup.service", timedService(timed(backup)), ["backup"]),
    file("/etc/systemd/system/groundwork-backup.timer", timer(timed(backup)), ["backup"]),
  ];
}

/** A target as people call it. */
export function targetName(target: Backup["targets"][number]): string {
  return target.kind === "sftp"
    ? `sftp://${target.user}@${target.host}:${target.port}/${target.path.replace(/^\//, "%2F")}`
    : `${target.endpoint.replace(/\/$/, "")}/${target.bucket}/${target.prefix}`;
}

function settings(plan: SitePlan, machine: MachinePlan, backup: Backup): string {
  const targets = backup.targets.map((target, i) => {
    const folder = target.kind === "sftp" ? target.path : [target.bucket, target.prefix].filter(Boolean).join("/");
    const ca = target.kind === "s3" && target.ca !== undefined ? `${FOLDER}/ca-${i}.crt` : "-";
    return `t${i}:${folder.replace(/\/$/, "")} ${ca} ${targetName(target)}`;
  });
  const members = machinesOf(plan, "etcd").map(({ address }) => `https://${address}:2379`);
  return [
    `SITE=${plan.site}`,
    `MACHINE=${machine.name}`,
    `OWN=https://${machine.address}:2379`,
    `MEMBERS=${members.join(",")}`,
    `KUBERNETES=${plan.spec.kubernetes.version}`,
    `KEEP_LAST=${backup.retention.last}`,
    `KEEP_DAYS=${backup.retention.days}`,
    `TARGETS='${targets.join("\n")}'`,
    "",
  ].join("\n");
}

function knownHost(target: Extract<Backup["targets"][number], { kind: "sftp" }>): string {
  return `${target.port === 22 ? target.host : `[${target.host}]:${target.port}`} ${target.hostKey}\n`;
}

/** One section a target. What is proven by reading it back needs no command on the other side. */
function rcloneConfiguration({ targets }: Backup): FileSpec["content"] {
  return targets.flatMap((target, i): FileSpec["content"] => {
    const section = (fields: Record<string, string>) =>
      `[t${i}]\n${Object.entries(fields)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join("")}`;
    if (target.kind === "sftp")
      return [
        section({
          type: "sftp",
          host: target.host,
          port: String(target.port),
          user: target.user,
          key_file: `${FOLDER}/sftp-key`,
          known_hosts_file: `${FOLDER}/known_hosts`,
          shell_type: "none",
          md5sum_command: "none",
          sha1sum_command: "none",
          disable_hashcheck: "true",
          set_modtime: "false",
        }),
      ];
    return [
      section({
        type: "s3",
        provider: "Other",
        endpoint: target.endpoint,
        region: target.region,
        force_path_style: "true",
        no_check_bucket: "true",
      }),
      "access_key_id = ",
      ...secret("backup/s3-access-key"),
      "\nsecret_access_key = ",
      ...secret("backup/s3-secret-key"),
      "\n",
    ];
  });
}

/** Every member's timer ends at the same moment; the lock in etcd decides who is first, and the others find it done. */
function timed({ schedule }: Backup): Timed {
  return {
    what: "Back up etcd and the site's keys",
    program: BACKUP_SCRIPT,
    limit: "2h",
    unit: ON_MEMBER,
    service: ["Nice=10", "IOSchedulingClass=idle"],
    timer: [`OnCalendar=${schedule}`, "AccuracySec=1s", "RandomizedDelaySec=20s"],
  };
}
