import { describe, expect, test } from "vitest";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { readRestore, restoreText, unfit } from "../../site/life/restore";
import { deploymentOf, readSealed, type SealedSite, sealedSiteSchema } from "../../site/life/sealed";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { cloudInit } from "../../site/render/cloudInit";
import { fill, secretsIn } from "../../site/render/content";
import { applyScript, machineFiles } from "../../site/render/machine";
import { hostKeyOf } from "../support/hostKeys";
import { site, threeHosts } from "../support/sites";

const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const sftp = {
  kind: "sftp" as const,
  host: "10.9.0.7",
  user: "shop",
  path: "backups",
  hostKey: hostKeyOf(0),
};
const s3 = { kind: "s3" as const, endpoint: "https://s3.example:9000", bucket: "shop-backups", prefix: "etcd/" };
const described = (backup: SiteInput["backup"]) => site(threeHosts, { backup });
const plan = planSite(parseSite(described({ recipients: [recipient], targets: [sftp, s3] })));
const [member] = machinesOf(plan, "etcd");
if (!member) throw new Error("the site has no etcd member");
const files = new Map(machineFiles(plan, member).map((file) => [file.path, file]));
const text = (path: string) => fill(files.get(path)?.content ?? [], (ref) => `<${ref}>`);

describe("a description", () => {
  test("needs who can read the backups and where they go; the rest has defaults", () => {
    expect(plan.spec.backup).toMatchObject({
      schedule: "hourly",
      retention: { last: 24, days: 14 },
      maximumAgeHours: 24,
    });
    const result = readSite(described({ recipients: [], targets: [] }));
    expect("problems" in result && result.problems.map(({ path }) => path)).toEqual([
      "backup.recipients",
      "backup.targets",
    ]);
  });

  test.each([
    ["a private key", { recipients: ["AGE-SECRET-KEY-1QQ"], targets: [sftp] }, "backup.recipients[0]"],
    ["no host key", { recipients: [recipient], targets: [{ ...sftp, hostKey: "any" }] }, "backup.targets[0].hostKey"],
    [
      "a shell's words",
      { recipients: [recipient], targets: [{ ...sftp, path: "a; rm -rf /" }] },
      "backup.targets[0].path",
    ],
    ["no TLS", { recipients: [recipient], targets: [{ ...s3, endpoint: "http://s3" }] }, "backup.targets[0].endpoint"],
    [
      "a long prefix that ends as none may",
      { recipients: [recipient], targets: [{ ...s3, prefix: `${"a".repeat(300)}!` }] },
      "backup.targets[0].prefix",
    ],
    ["a line feed", { recipients: [recipient], targets: [sftp], schedule: "hourly\nUser=x" }, "backup.schedule"],
  ])("with %s is refused", (_, backup, path) => {
    const result = readSite(described(backup as SiteInput["backup"]));
    expect("problems" in result && result.problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe("a member of etcd", () => {
  test("holds what it needs, and secrets for root alone", () => {
    const own = [...files.values()].filter(({ path }) => path.startsWith("/etc/groundwork/backup/"));
    expect(own.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))).toEqual([
      ...["backup.conf", "known_hosts", "rclone.conf", "recipients", "sftp-key", "site.age"],
    ]);
    for (const file of own.filter(({ content }) => secretsIn(content).length > 0))
      expect([file.path, file.mode, file.owner]).toEqual([file.path, 0o600, "root:root"]);
    expect(text("/etc/groundwork/backup/known_hosts")).toBe(`10.9.0.7 ${hostKeyOf(0)}\n`);
    expect(text("/etc/systemd/system/groundwork-backup.timer")).toContain("OnCalendar=hourly\n");
  });

  test("signs in to each target with its own login", () => {
    expect(text("/etc/groundwork/backup/rclone.conf")).toMatchInlineSnapshot(`
      "[t0]
      type = sftp
      host = 10.9.0.7
      port = 22
      user = shop
      key_file = /etc/groundwork/backup/sftp-key
      known_hosts_file = /etc/groundwork/backup/known_hosts
      shell_type = none
      md5sum_command = none
      sha1sum_command = none
      disable_hashcheck = true
      set_modtime = false
      [t1]
      type = s3
      provider = Other
      endpoint = https://s3.example:9000
      region = us-east-1
      force_path_style = true
      no_check_bucket = true
      access_key_id = <backup/s3-access-key>
      secret_access_key = <backup/s3-secret-key>
      "
    `);
  });

  test("no other machine holds any of it, and no member of a site without backups", () => {
    const holders = plan.machines.filter((machine) =>
      machineFiles(plan, machine).some(({ path }) => path.includes("groundwork/backup")),
    );
    expect(new Set(holders.map(({ role }) => role))).toEqual(new Set(["etcd"]));
    const without = planSite(parseSite(site(threeHosts)));
    expect(without.machines.flatMap((m) => machineFiles(without, m)).filter((f) => f.units.includes("backup"))).toEqual(
      [],
    );
    expect(applyScript(without, member)).not.toContain("groundwork/backup/site.age");
  });
});

describe("post-quantum recipients", () => {
  const told = (recipients: string[]) => {
    const result = readSite(described({ recipients, targets: [sftp] }));
    return "problems" in result ? result.problems.map(formatProblem) : [];
  };

  test("are taken as age makes them, and what is sealed to them is read with their identity", async () => {
    const { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } = await import("age-encryption");
    const identity = await generateHybridIdentity();
    const strong = await identityToRecipient(identity);
    expect(strong).toHaveLength(1959);
    expect(told([strong])).toEqual([]);
    const encrypter = new Encrypter();
    encrypter.addRecipient(strong);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(await encrypter.encrypt("sealed"), "text")).toBe("sealed");
    const mistyped = strong.replace(/.$/, (last) => (last === "q" ? "p" : "q"));
    expect(told([mistyped])).toEqual([
      "backup.recipients[0]: its checksum is wrong: a letter was mistyped or left out; copy it again from age-keygen",
    ]);
    expect(told([recipient, strong])).toEqual([
      "backup.recipients: 1 of 2 are post-quantum keys, and age mixes them with no other kind; use keys of `age-keygen -pq` for all, or for none",
    ]);
  });
});

describe("a restore (D2, D3)", () => {
  const restore = { backup: "shop-20261121T101500Z", sha256: "a".repeat(64) };

  test("is told to members of etcd at their birth, and to nobody else", () => {
    expect(readRestore(restoreText(restore))).toEqual(restore);
    expect(readRestore(undefined)).toBeUndefined();
    const told = plan.machines.filter((machine) =>
      fill(cloudInit(plan, machine, restore).userdata, String).includes(restoreText(restore).trim()),
    );
    expect(told.map(({ role }) => role)).toEqual(["etcd", "etcd", "etcd"]);
    expect(cloudInit(plan, member)).toEqual(cloudInit(plan, member, undefined));
  });

  test.each([
    ["1.36.3", "1.36.3", undefined],
    ["1.35.4", "1.36.3", undefined],
    ["1.36.3", "1.35.4", /the backup is of 1\.36\.3 .*set it to 1\.36\.x, restore, and leave it there/],
    ["1.33.0", "1.36.3", /set it to 1\.33\.x, restore, and upgrade one minor version at a time/],
  ])("of Kubernetes %s into a site of %s", (kubernetes, version, problem) => {
    const spec = { ...plan.spec, kubernetes: { ...plan.spec.kubernetes, version } };
    const told = unfit({ kubernetes, etcd: "3.6.8" }, spec).map(formatProblem).join("\n");
    if (problem) expect(told).toMatch(problem);
    else expect(told).toBe("");
  });

  test.each([
    ["3.6.8", "3.6", []],
    ["3.5.35", "3.7.3", []],
    ["3.7.3", "3.7.1", []],
    [
      "3.7.3",
      "3.6",
      [
        "etcd.version: the backup is of etcd 3.7.3, and 3.6 would not start with it; set it to 3.7, and hypervisor.template to one that holds it",
      ],
    ],
  ])("of etcd %s into a site of %s", (etcd, version, problems) => {
    const spec = { ...plan.spec, etcd: { ...plan.spec.etcd, version } };
    expect(unfit({ kubernetes: spec.kubernetes.version, etcd }, spec).map(formatProblem)).toEqual(problems);
  });

  test("of versions that both do not fit says both", () => {
    const older = {
      kubernetes: { ...plan.spec.kubernetes, version: "1.36.3" },
      etcd: { ...plan.spec.etcd, version: "3.6" },
    };
    const told = unfit({ kubernetes: "1.37.2", etcd: "3.7.3" }, { ...plan.spec, ...older });
    expect(told.map(({ path }) => path)).toEqual(["kubernetes.version", "etcd.version"]);
  });

  test("gives the new stack the old keys, under the new site's names, and secrets as secrets", () => {
    const outputs = { algorithm: "ED25519", privateKeyPem: "PRIVATE", publicKeyPem: "PUBLIC" };
    const type = "tls:index/privateKey:PrivateKey";
    const sealed = {
      site: "shop",
      kept: [{ type, name: "shop-encryption", id: "1", outputs }],
    } as unknown as SealedSite;
    const { deployment } = deploymentOf(sealed, "drill", "other", "5.6.1") as {
      deployment: { resources: { urn: string }[] };
    };
    expect(deployment.resources).toContainEqual(
      expect.objectContaining({
        urn: "urn:pulumi:drill::groundwork::pulumi:providers:tls::default_5_6_1",
        outputs: { version: "5.6.1" },
      }),
    );
    expect(deployment.resources.at(-1)).toMatchObject({
      urn: `urn:pulumi:drill::groundwork::groundwork:index:Site$groundwork:index:Pki$${type}::other-encryption`,
      inputs: { algorithm: "ED25519" },
      outputs: { publicKeyPem: "PUBLIC", privateKeyPem: { plaintext: '"PRIVATE"' } },
    });
  });

  test("is told to be newer, not taken for one that was never sealed", () => {
    expect(readSealed(undefined)).toEqual({});
    expect(readSealed({ digest: "d", text: "t" })).toEqual({ sealed: { version: 1, digest: "d", text: "t" } });
    expect(readSealed({ version: 2, digest: "d", text: "t" })).toMatchObject({
      problem: { path: "sealed.version", fix: "install a newer groundwork" },
    });
    expect(readSealed({ digest: 1 })).toMatchObject({ problem: { path: "sealed.digest" } });
    expect(sealedSiteSchema.safeParse({ site: "shop" }).success).toBe(false);
  });
});
