import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Deployment } from "../../policies/deployment";
import type { PolicyReport } from "../../policies/outcome";
import { demoPlan, idOf, inputsOf, judged, type Reported, stackOf, unknown } from "../support/demoStack";

const said = (reported: Reported[], rule: string) =>
  reported.filter(({ policy }) => policy === rule).map(({ message }) => message);
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Two members on one device. */
function broken() {
  const stack = stackOf(demoPlan());
  inputsOf(stack, "demo-etcd-b").disks[1].datastoreId = idOf("datastore", "esx-1-a");
  return stack;
}

const exception = (until: string, changes: object = {}) => ({
  rule: "etcd-distinct-devices",
  resource: "demo-etcd-b",
  reason: "the disk is on order, ticket 4711",
  until,
  ...changes,
});
const excepted = (...exceptions: object[]) => ({ config: { settings: { exceptions } } });

describe("an exception", () => {
  it("covers a finding until its last day, and is still said", () => {
    const reported = judged(broken(), excepted(exception(day(0))));
    expect(said(reported, "etcd-distinct-devices")).toEqual([]);
    expect(said(reported, "accepted")).toEqual([
      expect.stringMatching(
        /^etcd-distinct-devices: machines\.demo-etcd-b\.disks: .* \(excepted until \d{4}-\d\d-\d\d: the disk is on order, ticket 4711\)$/,
      ),
    ]);
    expect(said(reported, "settings")).toEqual([]);
  });

  it("covers nothing after it, and is a violation itself", () => {
    const until = day(-1);
    const reported = judged(broken(), excepted(exception(until)));
    expect(said(reported, "etcd-distinct-devices")).toHaveLength(1);
    expect(reported.filter(({ policy }) => policy === "settings")).toMatchObject([
      {
        message:
          `exceptions.etcd-distinct-devices.demo-etcd-b: the exception of demo-etcd-b from etcd-distinct-devices ended on ${until} ` +
          "(the disk is on order, ticket 4711); mend what it excepts and remove it, or give it a new end and say why",
      },
    ]);
  });

  it("covers no other rule and no other resource", () => {
    for (const other of [{ rule: "etcd-memory" }, { resource: "demo-etcd-a" }])
      expect(said(judged(broken(), excepted(exception(day(9), other))), "etcd-distinct-devices")).toHaveLength(1);
  });

  it("covers an update, too", () => {
    const reported = judged(broken(), { preview: false, ...excepted(exception(day(9))) });
    expect(said(reported, "etcd-distinct-devices")).toEqual([]);
  });
});

describe("the report for programs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-report-"));
    process.env.GROUNDWORK_POLICY_REPORT = join(folder, "report.json");
  });
  afterEach(() => {
    delete process.env.GROUNDWORK_POLICY_REPORT;
    rmSync(folder, { recursive: true });
  });

  it("has findings, exceptions with their state, and what is undecided", () => {
    const stack = broken();
    inputsOf(stack, "demo-etcd-c").memory = unknown;
    const ended = exception(day(-3), { rule: "etcd-memory" });
    const idle = exception(day(3), { resource: "demo-etcd-a" });
    judged(stack, { deployment: new Deployment(true), ...excepted(exception(day(3)), ended, idle) });
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as PolicyReport;
    expect(report).toMatchObject({ version: 1, preview: true, complete: true });
    expect(report.exceptions.map(({ state, findings }) => [state, findings.length])).toEqual([
      ["used", 1],
      ["expired", 0],
      ["unused", 0],
    ]);
    expect(report.exceptions[0]?.findings[0]).toMatchObject({
      rule: "etcd-distinct-devices",
      severity: "mandatory",
      path: "machines.demo-etcd-b.disks",
      urn: expect.stringMatching(/::demo-etcd-b$/),
    });
    expect(report.findings.map(({ rule }) => rule)).toContain("etcd-device-majority");
    expect(report.undecided).toContainEqual({ rule: "etcd-memory", resource: "demo-etcd-c", what: "memory" });
  });
});

describe("a description's backups", () => {
  const target = { kind: "sftp", host: "10.9.0.7", port: 22, user: "shop", path: ".", hostKey: "ssh-ed25519 AAAA" };
  const described = (host: string) => {
    const plan = demoPlan();
    return stackOf({ ...plan, spec: { ...plan.spec, backup: { targets: [{ ...target, host }] } as never } });
  };
  const last = new Date().toISOString();

  it("count as made, encrypted and elsewhere; when the last one was made has to be told", () => {
    const reported = judged(described("10.9.0.7"));
    expect(["backup-made", "backup-elsewhere"].flatMap((rule) => said(reported, rule))).toEqual([]);
    expect(said(reported, "backup-age")).toEqual([expect.stringContaining("it is not known when etcd was backed up")]);
  });

  it("do not count as elsewhere on a machine of the site", () => {
    const [machine] = demoPlan().machines;
    for (const host of ["esx-1", machine?.name ?? "", machine?.address ?? ""])
      expect(said(judged(described(host)), "backup-elsewhere")).toEqual([expect.stringContaining(`lie on ${host}`)]);
  });

  it("are overruled by what the owner attests", () => {
    const backup = { encrypted: true, copiedTo: "room-2", last };
    const reported = judged(described("esx-1"), { config: { settings: { backup } } });
    expect(reported.filter(({ policy }) => policy.startsWith("backup"))).toEqual([]);
  });
});
