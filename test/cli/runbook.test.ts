import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runbookPage } from "../../cli/runbook/page";
import { pdfOf } from "../../cli/runbook/pdf";
import type { Procedure, Step } from "../../cli/runbook/procedure";
import { type Outputs, type Runbook, runbookOf } from "../../cli/runbook/runbook";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { hostKeyOf } from "../support/hostKeys";

const root = join(__dirname, "../..");
const examples = ["stacks", "docs/examples"].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name)),
);
const made = new Date("2026-11-21T02:00:00Z");

function planOf(file: string, also: object = {}): SitePlan {
  const document = parse(readFileSync(join(root, file), "utf8"));
  return planSite(parseSite({ ...(document.config?.["groundwork:site"] ?? document), ...also }));
}

function runbook(plan: SitePlan, outputs: Outputs = {}, configFile?: string): Runbook {
  return runbookOf(plan, outputs, { stack: plan.site, made, configFile });
}

function chaptersOf({ kinds, quorum, others }: Runbook): Procedure[] {
  return [...kinds, quorum, ...others];
}

function stepsOf(book: Runbook): Step[] {
  const procedures = chaptersOf(book);
  return [
    ...book.access,
    ...book.health,
    ...book.restore,
    ...procedures.flatMap(({ see, ways }) => [...see, ...ways.flatMap(({ steps }) => steps)]),
  ];
}

it("the page speaks of the folder that its reader has, and sets names and commands as such", () => {
  const page = runbookPage(runbook(planOf("stacks/Pulumi.demo.yaml")));
  const prose = page.replace(/<(pre|style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");
  expect(prose).not.toMatch(/`|repository|checkout/);
  expect(page).toContain("<code>npm ci</code>");
});

it("has as many steps for twenty workers as for two", () => {
  const workers = (count: number) => [{ name: "general", count, cpus: 1, memoryGiB: 2, diskGiB: 10 }];
  const [small, large] = [2, 20].map((count) =>
    runbook(planOf("stacks/Pulumi.demo.yaml", { workers: workers(count) })),
  );
  expect(large?.machines.length).toBe((small?.machines.length ?? 0) + 18);
  expect(stepsOf(large as Runbook).length).toBe(stepsOf(small as Runbook).length);
});

describe.each(examples)("the runbook of %s", (file) => {
  const plan = planOf(file);
  const book = runbook(plan);

  it("has a chapter for every row of the failure table, which says what stops and what that costs", () => {
    const cases = book.kinds.flatMap(({ cases }) => cases);
    const facts = factsOfPlan(plan);
    const all = components(facts);
    expect(cases.flatMap(({ of }) => of).sort()).toEqual(all.map(({ kind, id }) => `${kind} ${id}`).sort());
    for (const [i, { kind, id, down }] of all.entries()) {
      const found = cases.find(({ of }) => of.includes(`${kind} ${id}`));
      if (kind !== "machine" && kind !== "load-balancer") expect(found?.machines).toEqual([...new Set(down)]);
      const failure = singleFailures(facts)[i];
      expect(found?.etcd.startsWith("quorum"), id).toBe(failure?.etcdQuorum);
      expect(found?.api).toBe(failure?.apiReachable ? "answers" : "does NOT answer");
      expect(found?.workers).toMatch(new RegExp(`^${failure?.workersLeft} of `));
    }
  });

  it("says nothing twice in one list", () => {
    for (const list of [
      book.health,
      ...chaptersOf(book).flatMap(({ see, ways }) => [see, ...ways.map((w) => w.steps)]),
    ]) {
      const commands = list.flatMap(({ command }) => command ?? []);
      expect(new Set(commands).size).toBe(commands.length);
    }
  });

  it("has commands that a shell understands", () => {
    const commands = stepsOf(book).flatMap(({ command }) => command ?? []);
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.some((command) => command.includes("undefined"))).toBe(false);
    const program = commands.map((command) => `{\n${command}\n}\n`).join("");
    execFileSync("bash", ["-n"], { input: program, stdio: ["pipe", "ignore", "pipe"] });
  });

  it("writes down words that bash knows, for every machine of the site and no other", () => {
    const fetch = stepsOf(book).find(({ command }) => command?.includes("words <<'END'"))?.command ?? "";
    const [, words = ""] = /words <<'END'\n([\s\S]*?)\nEND/.exec(fetch) ?? [];
    // What reaches a machine or the cluster only says so here.
    const reached = "on() { :; }; kubectl() { :; }; address() { :; }";
    const run = `${words}\n${reached}\nworks $ALL && ! works nobody`;
    const said = execFileSync("bash", ["-c", run], { encoding: "utf8" });
    const names = plan.machines.map(({ name }) => `${name}:\n`).join("");
    expect(said).toBe(`${names}nobody:\nno such machine\n  does NOT work\n`);
  });

  it("lets no machine be refreshed whose files vCenter cannot read, which crashes the plugin", () => {
    if (plan.spec.hypervisor.kind !== "vsphere") return;
    const lists = chaptersOf(book).flatMap(({ ways }) => ways.map(({ steps }) => steps.map(({ command }) => command)));
    const refreshing = lists.filter((commands) => commands.some((command) => command?.includes("pulumi refresh")));
    expect(refreshing).toHaveLength(1);
    for (const commands of refreshing) {
      const at = (part: string) => commands.findIndex((command) => command?.includes(part));
      expect(at("unreadable")).toBeGreaterThan(-1);
      expect(at("unreadable")).toBeLessThan(at("pulumi refresh"));
    }
  });

  it("speaks of vCenter only where there is one", () => {
    const speaks = stepsOf(book).some(({ command }) => command?.includes("govc"));
    expect(speaks).toBe(plan.spec.hypervisor.kind === "vsphere");
  });
});

describe("a restore", () => {
  const hostKey = hostKeyOf(0);
  const targets = [
    { kind: "sftp", host: "10.9.0.7", port: 2222, user: "shop", path: "/etcd", hostKey },
    { kind: "s3", endpoint: "https://s3.example", bucket: "shop-backups", prefix: "etcd" },
  ];
  const plan = planOf("stacks/Pulumi.demo.yaml", {
    backup: { recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"], targets },
  });
  const commands = runbook(plan, {}, "a b.yaml").restore.flatMap(({ command }) => command ?? []);

  it("is printed for each target of the site", () => {
    expect(commands.slice(1, -1).join("\n\n")).toMatchInlineSnapshot(`
      "mkdir -p ~/runbook-demo
      (umask 077; pulumi config get backupSftpKey --stack demo --config-file 'a b.yaml' > ~/runbook-demo/backup-key-10.9.0.7)
      echo '[10.9.0.7]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB' > ~/runbook-demo/backup-hosts-10.9.0.7

      npx groundwork restore --stack demo --config-file 'a b.yaml' --from 'sftp://shop@10.9.0.7:2222/%2Fetcd' --sftp-key ~/runbook-demo/backup-key-10.9.0.7 --known-hosts ~/runbook-demo/backup-hosts-10.9.0.7 --identity KEY

      mkdir -p ~/runbook-demo/backups-shop-backups
      AWS_ACCESS_KEY_ID="$(pulumi config get backupS3AccessKey --stack demo --config-file 'a b.yaml')" AWS_SECRET_ACCESS_KEY="$(pulumi config get backupS3SecretKey --stack demo --config-file 'a b.yaml')" \\
        rclone copy ':s3,provider=Other,env_auth=true,force_path_style=true,region=us-east-1,endpoint="https://s3.example":shop-backups/etcd' ~/runbook-demo/backups-shop-backups

      npx groundwork restore --stack demo --config-file 'a b.yaml' --from ~/runbook-demo/backups-shop-backups --identity KEY"
    `);
  });

  it("is of commands that a shell understands", () => {
    execFileSync("bash", ["-n"], { input: commands.join("\n"), stdio: ["pipe", "ignore", "pipe"] });
  });
});

describe("the page", () => {
  const demo = planOf("stacks/Pulumi.demo.yaml", {
    contacts: [
      { name: "Ada <b>Night</b>", role: "on-call engineer", phone: "+49 (30) 123-45", mail: "ada@store.example" },
      { name: "Grid & Sons", role: "power of the building" },
    ],
  });
  const machines = demo.machines.map(({ name, role, host, address }) => ({ name, role, host, address }));

  it("says who to call, as text", () => {
    const page = runbookPage(runbook(demo));
    expect(page).toContain("Ada &#x3C;b>Night&#x3C;/b>");
    expect(page).toContain('href="tel:+493012345"');
    expect(page).toContain('href="mailto:ada@store.example"');
  });

  it("warns when nothing runs, or something else than what is described", () => {
    expect(runbook(demo).warnings).toEqual(["Nothing of this site runs yet: this is what its description says."]);
    expect(runbook(demo, { machines }).warnings).toEqual([]);
    const [moved, ...others] = machines;
    const elsewhere = { ...moved, host: "esx-9" } as (typeof machines)[number];
    const old = { name: "demo-old", role: "worker", host: "esx-1", address: "10.42.0.99" };
    expect(runbook(demo, { machines: [elsewhere, ...others.slice(1), old] }).warnings).toEqual([
      "The description was changed and never brought up; run `pulumi preview`.",
      "demo-control-plane-a runs on esx-9 at 10.42.0.19, but is described on esx-1 at 10.42.0.19.",
      "demo-control-plane-b is described but does not run.",
      "demo-old (10.42.0.99, on esx-1) runs but is not described.",
    ]);
  });

  it("lists certificates, the one that ends first above", () => {
    const record = (id: string, expires: string) => ({
      id,
      expires,
      purpose: "p",
      commonName: "c",
      authority: "a",
      issuer: "i",
      machines: [],
      places: [],
    });
    const all = [record("late", "2036-01-01T00:00:00Z"), record("soon", "2027-01-01T00:00:00Z")];
    expect(runbook(demo, { machines, certificates: all }).certificates.map(({ id }) => id)).toEqual(["soon", "late"]);
  });

  it("tells until when the site goes on if nobody comes", () => {
    const record = (id: string, expires: string, ...successors: string[]) => ({
      ...{
        id,
        expires,
        successors,
        purpose: "p",
        commonName: "c",
        authority: "a",
        issuer: "i",
        machines: ["demo-etcd-a"],
      },
      places: [{ where: "demo-etcd-a", path: "/etc/etcd/server.crt", usedBy: [] }],
    });
    const certificates = [
      record("etcd-server", "2027-01-01T00:00:00Z", "2027-09-01T00:00:00Z", "2028-11-20T00:00:00Z"),
      record("authority", "2028-12-01T00:00:00Z"),
    ];
    expect(runbookPage(runbook(demo, { machines, certificates }))).toContain(
      "<p>Without an <code>up</code> the site goes on until 2028-11-20: <code>etcd-server</code> ends first, then <code>authority</code> on 2028-12-01.</p>",
    );
  });

  it("names the stack's own description where it lies elsewhere", () => {
    const commands = stepsOf(runbook(demo, {}, "elsewhere/my site.yaml")).flatMap(({ command }) => command ?? []);
    const ups = commands.filter((command) => command.startsWith("pulumi up"));
    expect(new Set(ups)).toEqual(
      new Set(["pulumi up --yes --skip-preview --stack demo --config-file 'elsewhere/my site.yaml'"]),
    );
  });
});

it("no PDF without a Chromium, and a way out", async () => {
  process.env.CHROMIUM = "/nowhere/chromium";
  await expect(pdfOf(() => "<p>")).rejects.toThrow(
    "CHROMIUM: /nowhere/chromium is no program; name a Chromium, or write .html and print it in a browser",
  );
});
