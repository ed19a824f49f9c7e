import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BackupState } from "../../cli/backup/state";
import { earlierRelease } from "../../image/programs/release";
import { upArguments } from "../../lab/up";
import { minorOf } from "../../site/description/version";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { type BackedUp, backedUp, describeSite, groundwork, newIdentity } from "./backedUp";

// D1, D3: backups of a site at a machine that takes files by SFTP and at an S3 server; and what can go wrong with them.

const kinds = ["sftp", "s3"] as const;
const kept = 3;
const folder = mkdtempSync(join(tmpdir(), "groundwork-backups-"));
let site: RunningSite;
let backups: BackedUp;

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  backups = await backedUp(site, kept);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

const first = () => site.machines("etcd")[0]?.name ?? "";
const stateOn = async (member: string) =>
  JSON.parse(await site.ssh(member, "cat /var/lib/groundwork/backup.json")) as BackupState;

async function made(): Promise<string> {
  const { code, text } = await groundwork(site, "backup");
  expect(code, text).toBe(0);
  return /^last backup {2}(\S+)$/m.exec(text)?.[1] ?? "";
}

/** `name value` of the textfile that node-exporter collects. */
async function metrics(member: string): Promise<Record<string, number>> {
  const text = await site.ssh(member, "cat /var/lib/prometheus/node-exporter/groundwork_backup.prom");
  const samples = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return Object.fromEntries(samples.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
}

describe("backups (D1)", () => {
  test("are made by one member when the timers of all of them fire, at both targets", async () => {
    const members = site.machines("etcd").map(({ name }) => name);
    const dropIn = "/run/systemd/system/groundwork-backup.timer.d";
    const soon = `mkdir -p ${dropIn}; printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/10\\nRandomizedDelaySec=0\\n' >${dropIn}/soon.conf`;
    const again = "systemctl daemon-reload; systemctl restart groundwork-backup.timer";
    const before = await Promise.all(kinds.map((kind) => backups.target.backups(kind)));
    const begun = Date.now();
    try {
      await Promise.all(
        members.map((member) => site.ssh(member, `systemctl is-enabled groundwork-backup.timer; ${soon}; ${again}`)),
      );
      await until("every member knows of it", 60, async () => {
        const states = await Promise.all(members.map(stateOn));
        const all = states.every(({ last, attempt }) => attempt?.ok && Date.parse(last?.time ?? "") >= begun - 1000);
        return all ? true : undefined;
      });
    } finally {
      await Promise.all(members.map((member) => site.ssh(member, `rm -r ${dropIn}; ${again}`)));
    }
    const { last } = await stateOn(first());
    for (const [i, kind] of kinds.entries()) {
      const after = await backups.target.backups(kind);
      expect(
        after.filter((name) => !before[i]?.includes(name)),
        kind,
      ).toEqual([last?.name]);
    }
    const taken = ((Date.now() - begun) / 1000).toFixed(1);
    console.log(`timers: one backup ${taken} s after they were set, ${last?.size} bytes, ${last?.objects} objects`);
  });

  test("are made by `groundwork backup`; --status and --list tell of them", async () => {
    const begun = Date.now();
    const name = await made();
    console.log(`groundwork backup: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    for (const kind of kinds) {
      const files = await backups.target.files(kind);
      const manifest = JSON.parse(await backups.target.shell(kind, `cat ${name}.json`)) as { sha256: string };
      expect(files[`${name}.tar.age`], kind).toBe(manifest.sha256);
    }
    const status = await groundwork(site, "backup", "--status");
    expect(status.code, status.text).toBe(0);
    expect(status.text).toContain(`last backup  ${name}`);
    const list = await groundwork(site, "backup", "--list");
    expect(list.code, list.text).toBe(0);
    expect(list.text.split(`  ${name}.tar.age `)).toHaveLength(3);
  });

  test("are counted by metrics (O1)", async () => {
    const { last } = await stateOn(first());
    const maker = last?.member ?? "";
    expect(await metrics(maker)).toEqual({
      groundwork_backup_attempt_ok: 1,
      groundwork_backup_last_success_timestamp_seconds: Date.parse(last?.time ?? "") / 1000,
      groundwork_backup_last_size_bytes: last?.size,
    });
  });

  test("are deleted when there are newer ones enough, the oldest only", async () => {
    const before = await backups.target.backups("sftp");
    const names = [...before];
    while (names.length <= kept) names.push(await made());
    for (const kind of kinds) {
      expect(await backups.target.backups(kind), kind).toEqual(names.slice(-kept));
      const files = names.slice(-kept).flatMap((name) => [`${name}.json`, `${name}.tar.age`]);
      expect(Object.keys(await backups.target.files(kind)), kind).toEqual(files);
    }
  });

  test("that are too old are told of, by the command and by the policy", async () => {
    const state = await stateOn(first());
    const old = new Date(Date.now() - 30.5 * 3_600_000).toISOString();
    const aged = JSON.stringify({ ...state, last: { ...state.last, time: old } });
    const file = "/var/lib/groundwork/backup.json";
    await site.ssh(first(), `cp -p ${file} ${file}.kept; cat >${file} <<'END'\n${aged}\nEND`);
    const { code, text } = await groundwork(site, "backup", "--status");
    await site.ssh(first(), `mv ${file}.kept ${file}`);
    expect(code).toBe(1);
    expect(text).toContain("backup: the last one is 31 h old, 24 h at most are allowed; see `systemctl status");
    expect(await judged(old)).toContain(
      "the last backup of etcd is 30 hours old, 24 at most are allowed; find out why",
    );
    expect(await judged(state.last?.time ?? "")).not.toContain("backup of etcd");
  });
});

/** What the policy pack says in a preview, told when the last backup succeeded. */
async function judged(last: string): Promise<string> {
  const config = join(folder, "policies.json");
  const settings = { backup: { encrypted: true, copiedTo: "room-2", last } };
  writeFileSync(config, JSON.stringify({ settings }));
  const pack = upArguments.slice(upArguments.indexOf("--policy-pack"));
  const { code, stdout, stderr } = await site.pulumi("preview", ...pack, "--policy-pack-config", config);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

describe("a full target", () => {
  test.each(kinds)(
    "of the kind %s is told of loudly; the backups before stay, and the other target has the new one",
    async (kind) => {
      const other = kind === "sftp" ? "s3" : "sftp";
      const before = await backups.target.files(kind);
      const [had] = (await backups.target.backups(other)).slice(-1);
      await backups.target.fill(kind, 64);
      try {
        const { code, text } = await groundwork(site, "backup");
        expect(code, text).toBe(1);
        const [said = ""] = text.trim().split("\n").slice(-1);
        console.log(said);
        expect(said).toMatch(
          kind === "sftp"
            ? /sftp:\/\/backup@\S+: it is full: \d+ KiB are free and the backup has \d+; make room there or lower backup\.retention\./
            : /https:\S+: it is full: .*; make room there or lower backup\.retention\./,
        );
        expect(said).toContain("The backups before this one are as they were.");
        expect(await backups.target.files(kind)).toMatchObject(before);
        const [has] = (await backups.target.backups(other)).slice(-1);
        expect(has).not.toBe(had);
        const { last, attempt } = await stateOn(first());
        expect([last?.name, attempt?.ok]).toEqual([has, false]);
        expect((await metrics(first())).groundwork_backup_attempt_ok).toBe(0);
      } finally {
        await backups.target.unfill(kind);
      }
      const name = await made();
      expect(await backups.target.backups(kind)).toContain(name);
    },
  );
});

describe("a backup is proven before anything is made:", () => {
  const proven = (...args: string[]) =>
    groundwork(site, "restore", "--check", ...backups.from, "--identity", backups.identity, ...args);

  test("one from SFTP, and one from the S3 server, are whole", async () => {
    const bySftp = await proven();
    expect(bySftp.code, bySftp.text).toBe(0);
    expect(bySftp.text).toContain("made         nothing");
    const files = await backups.target.shell("s3", "tar -c * | base64");
    const copy = join(folder, "copy");
    await site.run("bash", ["-c", `mkdir ${copy}; base64 -d | tar -x -C ${copy}`], { input: files });
    const byFolder = await groundwork(site, "restore", "--check", "--from", copy, "--identity", backups.identity);
    expect(byFolder.code, byFolder.text).toBe(0);
  });

  const hint = "take the one before it: (--backup \\S+)";
  test.each([
    ["cut off", "truncate --size 1000 $file", `it has 1000 of its \\d+ bytes: it was cut off; ${hint}`],
    ["damaged", "printf XX | dd of=$file bs=1 seek=5000 conv=notrunc status=none", `it is damaged; ${hint}`],
  ])("one that is %s is refused, and the one that the message names is whole", async (_, spoil, says) => {
    const [name = ""] = (await backups.target.backups("sftp")).slice(-1);
    await backups.target.shell("sftp", `file=${name}.tar.age; cp -p $file .kept; ${spoil}`);
    try {
      const { code, text } = await proven();
      expect(code, text).toBe(1);
      const [, instead = ""] = new RegExp(says).exec(text) ?? [];
      expect(instead, text).not.toBe("");
      const followed = await proven(...instead.split(" "));
      expect(followed.code, followed.text).toBe(0);
    } finally {
      await backups.target.shell("sftp", `mv .kept ${name}.tar.age`);
    }
  });

  test("another's key is refused", async () => {
    const other = join(folder, "other");
    writeFileSync(other, `${await newIdentity()}\n`);
    const { code, text } = await groundwork(site, "restore", "--check", ...backups.from, "--identity", other);
    expect(code).toBe(1);
    expect(text).toMatch(
      /--identity: it is not one of those that \S+ was encrypted to; use another \(backup\.recipients names them\)/,
    );
    expect((await proven()).code).toBe(0);
  });

  test("one of a newer version than the site's is refused, and taken when the description says what the message says", async () => {
    const { version } = site.plan.spec.kubernetes;
    const older = earlierRelease.kubernetes.version;
    const file = site.stack.configFile ?? "";
    const described = readFileSync(file, "utf8");
    try {
      describeSite(site, { "kubernetes.version": older });
      const { code, text } = await proven();
      expect(code).toBe(1);
      expect(text).toContain(
        `kubernetes.version: the backup is of ${version} and the site would be ${older}; set it to ${minorOf(version)}.x, restore`,
      );
      describeSite(site, { "kubernetes.version": version });
      expect((await proven()).code).toBe(0);
    } finally {
      writeFileSync(file, described, { mode: 0o600 });
    }
  });

  test("one of a much older version is refused with the way back", async () => {
    const conf = "/etc/groundwork/backup/backup.conf";
    await site.ssh(first(), `cp -p ${conf} ${conf}.kept; sed -i s/^KUBERNETES=.*/KUBERNETES=1.33.0/ ${conf}`);
    await made().finally(() => site.ssh(first(), `mv ${conf}.kept ${conf}`));
    const { code, text } = await proven();
    expect(code).toBe(1);
    expect(text).toContain("set it to 1.33.x, restore, and upgrade one minor version at a time");
    await made();
    expect((await proven()).code).toBe(0);
  });

  test("a key that the target does not know is told of", async () => {
    const key = join(folder, "stranger");
    await site.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const { code, text } = await proven("--sftp-key", key);
    expect(code).toBe(1);
    expect(text).toMatch(/--from: \S+ does not give it: .*; see whether it is up, and --sftp-key/);
  });
});
