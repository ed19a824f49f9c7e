import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { site, threeHosts } from "../support/sites";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plan-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function groundwork(...args: string[]) {
  const root = join(__dirname, "../..");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/groundwork.cjs", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("groundwork plan", () => {
  test("prints where everything is, what failures cost, the rank and the findings; exit code 0", () => {
    const { status, stdout, stderr } = groundwork("plan", "stacks/Pulumi.demo.yaml");
    expect([status, stderr]).toEqual([0, ""]);
    for (const part of ["HOST", "FAILURE OF", "Rank: rung", "advisory"]) expect(stdout).toContain(part);
  });

  test("--json prints one object; exit code 1 with a mandatory finding", () => {
    const { status, stdout } = groundwork("plan", "stacks/Pulumi.unsafe.yaml", "--json", "--pairs");
    const report = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(["site", "rank", "machines", "etcd", "failures", "findings", "pairs"]),
    );
    expect(report.findings[0]).toMatchObject({ rule: "etcd-distinct-devices", severity: "mandatory" });
    expect(report.findings[0].message).toContain("unsafe-etcd-a and unsafe-etcd-b share device naa.");
  });

  test("--json has what is promised of it, and nothing is left unsaid", () => {
    const { stdout } = groundwork("plan", file("promise.json", site(threeHosts)), "--json");
    const report = JSON.parse(stdout);
    const text = expect.any(String);
    const number = expect.any(Number);
    expect(report).toMatchObject({ site: "shop", rank: { hosts: 3, rung: number, next: text }, moves: [] });
    expect(report.etcd.members).toEqual(["shop-etcd-a", "shop-etcd-b", "shop-etcd-c"]);
    const disk = { name: text, datastore: text, device: text, sizeGiB: number };
    for (const machine of report.machines)
      expect(machine).toMatchObject({
        name: text,
        role: expect.stringMatching(/^(etcd|events|network-store|control-plane|load-balancer|worker)$/),
        host: text,
        address: expect.stringMatching(/^10\.0\.42\.\d+$/),
        cpus: number,
        memoryGiB: number,
        disks: expect.arrayContaining([disk]),
      });
    for (const failure of report.failures)
      expect(failure).toMatchObject({
        kind: text,
        id: text,
        etcdQuorum: expect.any(Boolean),
        apiReachable: expect.any(Boolean),
        dataLost: expect.any(Boolean),
        workersLeft: number,
        action: text,
      });
    for (const finding of report.findings)
      expect(finding).toMatchObject({
        rule: text,
        severity: expect.stringMatching(/^(mandatory|advisory)$/),
        path: text,
        message: text,
        fix: text,
        source: text,
      });
    expect(report.findings.length).toBeGreaterThan(0);
  });

  test("--against an earlier plan moves nothing", () => {
    const path = file("site.json", site(threeHosts));
    const earlier = file("earlier.json", groundwork("plan", path, "--json").stdout);
    const { status, stdout } = groundwork("plan", path, "--json", "--against", earlier);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).moves).toEqual([]);
  });

  test.each<[string, () => string, RegExp]>([
    ["a missing file", () => "/nowhere.yaml", /^\/nowhere.yaml: there is no such file; /],
    ["broken YAML", () => file("broken.yaml", "a: [1"), /broken.yaml: .+; correct the YAML there\n$/],
    ["broken JSON", () => file("broken.json", "{"), /broken.json: .+; correct the JSON\n$/],
    ["an empty file", () => file("empty.yaml", ""), /^\S+empty\.yaml: it is empty; .+\n$/],
    ["a list", () => file("list.yaml", "- 1"), /^site: .+; .+\n$/],
    ["a bomb of aliases", () => file("bomb.yaml", bomb()), /; .+\n$/],
    [
      "an unsafe name",
      () => file("name.yaml", JSON.stringify(site(threeHosts, { name: "$(reboot)" }))),
      /^name: "\$\(reboot\)" is not valid; .+\n$/,
    ],
  ])("%s: exit code 2, one line a problem, no plan, no stack trace", (_, path, message) => {
    const { status, stdout, stderr } = groundwork("plan", path());
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test("a file that is no earlier plan: exit code 2", () => {
    const { status, stderr } = groundwork(
      "plan",
      "stacks/Pulumi.demo.yaml",
      "--against",
      file("no.json", { machines: 1 }),
    );
    expect(status).toBe(2);
    expect(stderr).toContain("no.json machines: 1 is not what a plan has there; use what groundwork plan wrote");
  });

  test("no file, or an unknown option: exit code 2", () => {
    expect([groundwork("plan").status, groundwork("plan", "x", "--nope").status]).toEqual([2, 2]);
  });
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  return lines.join("\n");
}
