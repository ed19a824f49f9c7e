import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { RunningSite, spareHost } from "../support/runningSite";

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.start();
});
afterEach(() => site.reset());
afterAll(() => site?.destroy());

/** The report of the project as it is, against what runs. */
async function expectReport(name: string, code: number, ...args: string[]): Promise<string> {
  const ended = await site.report("--base", "main", ...args);
  await expect(site.plain(ended.stdout)).toMatchFileSnapshot(join(__dirname, "expected", `${name}.md`));
  expect(ended.code, ended.stderr).toBe(code);
  return ended.stdout;
}

/** Gives the program's machines a transform. */
const withTransform = (body: string) =>
  site.program((text) =>
    text.replace("new Site(spec.name, {", `new Site(spec.name, {\n    transform: { virtualMachine: ${body} },`),
  );

describe("a pull request that (R2)", () => {
  it("swaps a worker's size, without a secret in any format", async () => {
    site.describe(({ workers }) => Object.assign(workers[0], { cpus: 6, memoryGiB: 24 }));
    const markdown = await expectReport("worker-size", 0);
    const html = join(site.root, "report.html");
    const json = await site.report("--base", "main", "--format", "json", "--html", html);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout).stacks[0].machines).toHaveLength(2);
    const secrets = [...(await site.secrets()), site.center.password];
    expect(secrets.length).toBeGreaterThan(50);
    for (const text of [markdown, json.stdout, readFileSync(html, "utf8"), json.stderr]) {
      expect(
        secrets.filter((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1))),
      ).toEqual([]);
      expect(text).not.toContain("PRIVATE KEY-----");
    }
  });

  it("replaces an etcd member", async () => {
    withTransform(`(args, opts, name) => {
      if (name === "demo-etcd-b") {
        args.annotation = "made anew";
        opts.replaceOnChanges = ["annotation"];
      }
    }`);
    const markdown = await expectReport("replaced-member", 0);
    expect(markdown).toContain("demo-etcd-b: leaves, is replaced and joins again | 2 of 3 | holds");
  });

  it("puts two members on one device by a transform", async () => {
    withTransform(`(() => {
      let first;
      return (args, _, name) => {
        if (name === "demo-etcd-a") first = args;
        if (name === "demo-etcd-b")
          Object.assign(args, { hostSystemId: first.hostSystemId, datastoreId: first.datastoreId, disks: first.disks });
      };
    })()`);
    const markdown = await expectReport("shared-device", 1);
    expect(markdown.split("\n")[0]).toContain("Unsafe");
    expect(markdown).toContain("device naa.5000c500a0000011 can no longer fail: etcd loses quorum");
  });

  it("adds a host", async () => {
    site.describe((described) => {
      described.hosts.push(spareHost);
      described.workers[0].count = 3;
    });
    site.savePlan();
    await expectReport("added-host", 0);
  });

  it("adds two etcd members, and asks none of them for a snapshot before it is there", async () => {
    site.describe((described) => Object.assign(described, { etcd: { ...described.etcd, members: 5 } }));
    site.savePlan();
    const { code, stdout } = await site.report("--base", "main", "--format", "json");
    const [{ changes, machines }] = JSON.parse(stdout).stacks;
    expect(machines.filter(({ kind }: { kind: string }) => kind === "created")).toHaveLength(2);
    expect(changes.filter(({ name }: { name: string }) => name === "demo-snapshot")).toEqual([]);
    expect(code).toBe(0);
  });

  it("comes after somebody moved a disk outside the program", async () => {
    await site.moveDisks("demo-etcd-b", "esx-2-b");
    const markdown = await expectReport("moved-disk", 0, "--stack", "demo", "--refresh");
    expect(markdown).toContain("changed without Pulumi: demo-etcd-b");
  });
});

describe("a preview that breaks is not judged:", () => {
  it("the program fails", async () => {
    site.program((text) => `${text}\nthrow new Error("no program today");\n`);
    const { code, stdout } = await site.report("--stack", "demo");
    expect(stdout).toMatch(/^## ⚠️ Could not be judged: demo: the preview broke\n/);
    expect(stdout).toContain("no program today");
    expect(stdout).not.toContain("not known");
    expect(code).toBe(2);
  });

  it("the program refuses what is described before it registers anything, and is told against what runs", async () => {
    site.describe(({ network }) => Object.assign(network, { serviceCidr: "10.97.0.0/16" }));
    const { code, stdout } = await site.report("--stack", "demo", "--format", "json");
    const [told] = JSON.parse(stdout).stacks;
    expect(told.verdict).toMatchObject({ is: "unsafe", reasons: [expect.stringMatching(/^network\.serviceCidr: /)] });
    expect(told).toMatchObject({ before: "running", site: "demo" });
    expect(told.notes.join()).not.toMatch(/not known|runs yet/);
    expect(code).toBe(1);
  });

  it("the engine stops, because a provider cannot reach vCenter", async () => {
    site.describe((described) => Object.assign(described.hypervisor, { server: "127.0.0.1:1" }));
    const { code, stdout } = await site.report("--stack", "demo");
    expect(stdout).toMatch(/^## ⚠️ Could not be judged: demo: the preview broke\n/);
    expect(stdout).toMatch(/127\.0\.0\.1:1.*connection refused/);
    expect(code).toBe(2);
  });

  it("the passphrase is wrong", async () => {
    const { code, stdout } = await site.reportAs({ PULUMI_CONFIG_PASSPHRASE: "another" }, "--stack", "demo");
    expect(stdout).toMatch(/^## ⚠️ Could not be judged/);
    expect(stdout).toContain("PULUMI_CONFIG_PASSPHRASE: it is not the passphrase of demo");
    expect(code).toBe(2);
  });

  it("there is no such stack, beside one that is judged", async () => {
    const { code, stdout } = await site.report("--stack", "nowhere", "demo");
    expect(stdout).toMatch(/^## ⚠️ Could not be judged: 1 of 2 sites\n/);
    expect(stdout).toContain("--stack nowhere: the backend has no such stack");
    expect(stdout).toContain("Nothing changes");
    expect(code).toBe(2);
  });

  it("a policy throws", async () => {
    const { code, stdout } = await site.report(
      ...["--stack", "demo", "--policy-pack"],
      packThat("validateStack: () => { throw new Error('this policy is broken'); }"),
    );
    expect(stdout).toMatch(/^## ⚠️ Could not be judged/);
    expect(stdout).toContain("this policy is broken");
    expect(code).toBe(2);
  });

  it("the pack ends in the middle, or does not start", async () => {
    for (const [policy, says] of [
      ["validateResource: () => process.exit(7)", "the preview broke"],
      ["validateStack: nothing.that.there.is", "nothing is not defined"],
    ] as const) {
      const { code, stdout } = await site.report("--stack", "demo", "--policy-pack", packThat(policy));
      expect(stdout).toMatch(/^## ⚠️ Could not be judged/);
      expect(stdout).toContain(says);
      expect(code).toBe(2);
    }
  });
});

/** A pack with one policy that only advises. */
function packThat(policy: string): string {
  const pack = mkdtempSync(join(site.root, "broken-pack-"));
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  writeFileSync(join(pack, "package.json"), `{"name": "broken", "version": "1.0.0", "main": "index.js"}\n`);
  symlinkSync(join(repository, "node_modules"), join(pack, "node_modules"));
  writeFileSync(
    join(pack, "index.js"),
    `new (require("@pulumi/policy").PolicyPack)("broken", { policies: [{ name: "breaks", description: "breaks", enforcementLevel: "advisory", ${policy} }] });\n`,
  );
  return pack;
}

it("uses a preview again, and says so, until anything it depends on changes", async () => {
  const again = /Unchanged since the preview of \d{4}-\d\d-\d\d \d\d:\d\d UTC, which was used again/;
  const cache = join(site.root, "kept");
  const told = async (...args: string[]) => (await site.report("--stack", "demo", "--cache", cache, ...args)).stdout;
  const first = await told();
  expect(first).toMatch(/^## ✅ Safe: demo: nothing changes\n/);
  expect(first).not.toMatch(again);
  const second = await told();
  expect(second).toMatch(again);
  expect(second.replace(/^- .*Unchanged since .*\n\n?/m, "")).toBe(first);
  // Some values are secret in one place and open in another, as public keys that are made of private ones.
  const state = readFileSync(join(site.root, "backend/.pulumi/stacks/groundwork/demo.json"), "utf8");
  const quoted = (await site.secrets()).map((secret) => JSON.stringify(secret).slice(1, -1));
  const secrets = quoted.filter((secret) => !state.includes(secret));
  expect(secrets.length).toBeGreaterThan(40);
  const kept = readdirSync(cache).map((name) => readFileSync(join(cache, name), "utf8"));
  expect(kept).toHaveLength(1);
  expect(secrets.filter((secret) => kept[0]?.includes(secret))).toEqual([]);
  expect(await told("--no-cache")).not.toMatch(again);
  site.program((text) => `${text}\n// changed\n`);
  expect(await told()).not.toMatch(again);
});

it("previews nothing that a change does not touch", async () => {
  writeFileSync(join(site.folder, "notes.txt"), "nothing of a site\n");
  const { code, stdout, stderr } = await site.report("--base", "main");
  expect(stdout).toMatch(/^## ✅ Safe: no site is touched\n/);
  expect(code, stderr).toBe(0);
});
