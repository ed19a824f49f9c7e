import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { demandBlocks } from "../../../cli/report/demand";
import type { Described } from "../../../cli/report/model";
import { noPreview, previewOf } from "../../../cli/report/preview";
import { exitCodeOf } from "../../../cli/report/run";
import { stackReport } from "../../../cli/report/stack";
import { factsOfPlan } from "../../../site/facts/plan";
import { appliedOf } from "../../../site/life/applied";
import { demoPlan, demoStacks, idOf, inputsOf, previewOfChange, stackOf } from "../../support/changes";

const ends = (...verdicts: ("safe" | "unsafe" | "unjudged")[]) =>
  exitCodeOf({ stacks: verdicts.map((is) => ({ verdict: { is } })) } as never);

describe("a report's verdict", () => {
  it("is safe when nothing changes", () => {
    const { before, after } = demoStacks();
    const report = stackReport(previewOfChange(before, after));
    expect(report.verdict).toEqual({ is: "safe", reasons: [], cautions: [] });
    expect(report.machines).toEqual([]);
    expect(report.rank.before).toEqual(report.rank.after);
  });

  it("decides the exit code", () => {
    expect([ends("safe", "safe"), ends("safe", "unsafe", "unjudged"), ends("safe", "unjudged"), ends()]).toEqual([
      0, 1, 2, 0,
    ]);
  });

  it("is safe with a caution when one etcd member of three is replaced", () => {
    const { before, after } = demoStacks();
    const report = stackReport(previewOfChange(before, after, { replaced: { "demo-etcd-b": ["guestId"] } }));
    expect(report.verdict.is).toBe("safe");
    expect(report.verdict.cautions).toContain(
      "etcd member demo-etcd-b is replaced: until it has caught up, no other member may fail",
    );
    expect(report.disruption.etcd.steps.map(({ up, of, quorum }) => [up, of, quorum])).toEqual([
      [2, 3, true],
      [2, 3, true],
    ]);
  });

  it("is unsafe when a majority of etcd's members is replaced at once", () => {
    const { before, after } = demoStacks();
    const replaced = { "demo-etcd-a": ["guestId"], "demo-etcd-b": ["guestId"] };
    const report = stackReport(previewOfChange(before, after, { replaced }));
    expect(report.disruption.etcd).toMatchObject({ replaced: ["demo-etcd-a", "demo-etcd-b"], dataLost: true });
    expect(report.verdict.reasons).toEqual([
      expect.stringContaining("etcd loses its data: demo-etcd-a and demo-etcd-b"),
      expect.stringContaining("etcd has no quorum while this is applied: 1 of 3 members are up"),
      expect.stringContaining("1 of 3 members are up"),
    ]);
  });

  it("is safe when every member is replaced in turn, as the program does with what stands", () => {
    const { before, after } = demoStacks();
    const members = ["demo-etcd-a", "demo-etcd-b", "demo-etcd-c"];
    const preview = previewOfChange(before, after, {
      replaced: Object.fromEntries(members.map((name) => [name, ["clone"]])),
    });
    const standing = appliedOf(demoPlan());
    const { disruption, verdict } = stackReport({ ...preview, standing });
    expect(disruption.etcd).toMatchObject({ replaced: members, dataLost: false });
    expect(disruption.etcd.steps.map(({ up, quorum }) => [up, quorum])).toEqual(Array(3).fill([2, true]));
    expect(verdict.is).toBe("safe");
    // Nothing holds apart those that the last `up` did not leave.
    const machines = standing.machines.filter(({ name }) => name === "demo-etcd-c");
    const some = stackReport({ ...preview, standing: { ...standing, machines } });
    expect(some.disruption.etcd.steps.map(({ up, quorum }) => [up, quorum])).toEqual([
      [1, false],
      [1, false],
      [0, false],
    ]);
    expect(some.verdict.is).toBe("unsafe");
    expect(stackReport(preview).disruption.etcd.dataLost).toBe(true);
  });

  it("is unsafe when every member restarts at the same time, and not when memory is added while they run", () => {
    const { before, after } = demoStacks();
    for (const name of ["a", "b", "c"]) inputsOf(after, `demo-etcd-${name}`).memory = 16384;
    const cold = stackReport(previewOfChange(before, after));
    expect(cold.verdict.reasons).toEqual([expect.stringContaining("0 of 3 members are up")]);
    for (const { outputs, inputs } of before.filter(({ type }) => type.includes("VirtualMachine")))
      Object.assign(outputs ?? inputs, { memoryHotAddEnabled: true });
    expect(stackReport(previewOfChange(before, after)).verdict.is).toBe("safe");
  });

  it("is unsafe when a failure that was survived is no longer", () => {
    const { before, after } = demoStacks();
    const [a, b] = ["demo-etcd-a", "demo-etcd-b"].map((name) => inputsOf(after, name));
    Object.assign(b ?? {}, { hostSystemId: a?.hostSystemId, datastoreId: a?.datastoreId, disks: a?.disks });
    const report = stackReport(previewOfChange(before, after));
    expect(report.verdict.is).toBe("unsafe");
    expect(report.survival.changes.filter(({ worse }) => worse).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "device naa.5000c500a0000011",
      "datastore esx-1-a",
      "host esx-1",
    ]);
    expect(report.rank.after?.rung).toBeLessThan(report.rank.before?.rung ?? 0);
    expect(report.machines[0]?.because).toContain("disks[1].datastoreId esx-2-a → esx-1-a");
  });

  it("is unsafe when a policy refuses, and says each policy once", () => {
    const { before, after } = demoStacks();
    const policies = ["x: one; mend it", "y: two; mend it"].map((message) => ({
      policy: "some-rule",
      level: "mandatory" as const,
      message: `what holds\n${message}`,
    }));
    const { verdict } = stackReport(previewOfChange(before, after, { preview: { policies } }));
    expect(verdict).toMatchObject({
      is: "unsafe",
      reasons: ["policy some-rule: x: one; mend it (and 1 more of this policy)"],
    });
  });

  it("cautions against workers that are all off at once", () => {
    const { before, after } = demoStacks();
    for (const name of ["a", "b"]) inputsOf(after, `demo-general-${name}`).numCpus = 6;
    const { verdict, disruption } = stackReport(previewOfChange(before, after));
    expect(disruption.others).toEqual([{ role: "worker", up: 0, of: 2 }]);
    expect(verdict).toMatchObject({
      is: "safe",
      cautions: [expect.stringContaining("all 2 workers are off at the same time")],
    });
  });
});

describe("a preview that broke", () => {
  it("is not judged, and shows what the description promises", () => {
    const plan = demoPlan();
    const described: Described = { now: { plan, facts: factsOfPlan(plan), refused: [] }, problems: [] };
    const report = stackReport(noPreview("demo", "error: incorrect passphrase"), described);
    expect(report.verdict).toEqual({ is: "unjudged", reasons: ["incorrect passphrase"], cautions: [] });
    expect(report.rank.after).toBeDefined();
    expect(report.machines).toEqual([]);
  });

  it("is unsafe where the description alone is refused", () => {
    const plan = demoPlan();
    const described: Described = {
      now: { plan, facts: factsOfPlan(plan), refused: ["etcd: bad; mend it"] },
      problems: [],
    };
    const { verdict } = stackReport(noPreview("demo", "refused before anything is made"), described);
    expect(verdict).toMatchObject({ is: "unsafe", reasons: ["etcd: bad; mend it"] });
  });

  it("tells nothing of what it saw only a part of", () => {
    const { before, after } = demoStacks();
    const whole = previewOfChange(before, after);
    const steps = whole.steps.filter(({ name }) => !name.startsWith("demo-etcd"));
    const { verdict, survival, policies } = stackReport({ ...whole, steps, complete: false, errors: ["no route"] });
    expect(verdict.is).toBe("unjudged");
    expect(survival.kinds).toEqual([]);
    expect(policies.mandatory).toEqual([]);
  });

  it("counts what is about one object, not what was asked of a site in part", () => {
    let sequence = 0;
    const event = (of: object) => ({ sequence: sequence++, timestamp: 1, ...of }) as EngineEvent;
    const refusal = (policyName: string) =>
      event({ policyEvent: { policyName, enforcementLevel: "mandatory", message: `${policyName}: no; mend it` } });
    const events = [
      refusal("etcd-three-members"),
      event({ diagnosticEvent: { severity: "error", message: "no route to host", color: "never" } }),
      event({ summaryEvent: {} }),
    ];
    const broken = previewOf("demo", events);
    expect(broken).toMatchObject({ policies: [], errors: ["no route to host"], complete: false });
    expect(stackReport(broken).verdict.is).toBe("unjudged");
    const { policies } = previewOf("demo", [...events, refusal("ssh-host-keys-pinned")]);
    expect(policies.map(({ policy }) => policy)).toEqual(["ssh-host-keys-pinned"]);
    const readTwice = previewOf("demo", [
      ...events.filter(({ diagnosticEvent }) => !diagnosticEvent),
      ...events.slice(2),
    ]);
    expect(readTwice.policies).toHaveLength(1);
  });

  it("is never safe", () => {
    const { before, after } = demoStacks();
    for (const broken of [{ complete: false }, { errors: ["a plugin failed"], complete: false }])
      expect(stackReport(previewOfChange(before, after, { preview: broken })).verdict.is).toBe("unjudged");
  });
});

describe("what was before", () => {
  it("is nothing for a new site", () => {
    const report = stackReport(previewOfChange([], stackOf(demoPlan())));
    expect(report).toMatchObject({ before: "nothing", verdict: { is: "safe" } });
    expect(report.machines.every(({ kind }) => kind === "created")).toBe(true);
  });

  it("is what the base describes, for a site that never ran", () => {
    const plan = demoPlan();
    const base = { revision: "main", plan, facts: factsOfPlan(plan) };
    const report = stackReport(previewOfChange([], stackOf(plan)), { base, problems: [] });
    expect(report).toMatchObject({
      before: "described",
      notes: ["Nothing of this site runs yet: before is what main describes."],
    });
  });

  it("is said to differ from what the base describes", () => {
    const { before, after } = demoStacks();
    const plan = demoPlan((site) => Object.assign(site.workers[0], { cpus: 8 }));
    const { notes } = stackReport(previewOfChange(before, after), {
      base: { revision: "main", plan, facts: factsOfPlan(plan) },
      problems: [],
    });
    expect(notes).toEqual([expect.stringContaining("The site that runs is not the one that main describes")]);
  });
});

it("says what a host's loss leaves, before and after", () => {
  const before = stackOf(demoPlan());
  const after = stackOf(demoPlan((site) => Object.assign(site.workers[0], { count: 3 })));
  const { hosts } = stackReport(previewOfChange(before, after)).capacity;
  expect(hosts.map(({ host, before: was, after: is }) => [host, was?.workers, is?.workers])).toEqual([
    ["esx-1", 2, 2],
    ["esx-2", 1, 2],
    ["esx-3", 1, 2],
  ]);
});

it("tells what was moved behind Pulumi's back, by the datastores' names (L13)", () => {
  const { before, after } = demoStacks();
  const preview = previewOfChange(before, after);
  const moved = preview.steps.find(({ name, type }) => name === "demo-etcd-b" && type.includes("VirtualMachine"));
  if (!moved?.before) throw new Error("no such machine");
  moved.state = structuredClone(moved.before);
  const disks = moved.before.outputs.disks as { datastoreId: string }[];
  moved.before = {
    ...moved.before,
    outputs: { ...moved.before.outputs, disks: [disks[0], { ...disks[1], datastoreId: idOf("datastore", "esx-2-b") }] },
  };
  moved.drift = [{ path: "disks[1].datastoreId", replaces: false }];
  const report = stackReport(preview);
  expect(report.machines).toMatchObject([
    { machine: "demo-etcd-b", drift: ["disks[1].datastoreId esx-2-a → esx-2-b"] },
  ]);
  expect(report.verdict.cautions).toContain("changed without Pulumi: demo-etcd-b");
});

it("tells which members share a device since a data disk was moved behind Pulumi's back, although the change moves it back", () => {
  const stack = () => {
    const resources = stackOf(demoPlan());
    const [a, b] = ["demo-etcd-a", "demo-etcd-b"].map((name) => inputsOf(resources, name));
    Object.assign(b ?? {}, { hostSystemId: a?.hostSystemId, datastoreId: idOf("datastore", "esx-1-b") });
    if (b) b.disks[1].datastoreId = idOf("datastore", "esx-1-b");
    return resources;
  };
  const preview = previewOfChange(stack(), stack());
  const moved = preview.steps.find(({ name, type }) => name === "demo-etcd-b" && type.includes("VirtualMachine"));
  const disk = (moved?.before?.outputs.disks as { datastoreId: string }[] | undefined)?.[1];
  if (!moved?.before || !disk) throw new Error("no such disk");
  moved.state = structuredClone(moved.before);
  const disks = [
    structuredClone((moved.before.outputs.disks as object[])[0]),
    { ...disk, datastoreId: idOf("datastore", "esx-1-a") },
  ];
  moved.before = { ...moved.before, outputs: { ...moved.before.outputs, disks } };
  moved.drift = [{ path: "disks[1].datastoreId", replaces: false }];
  const report = stackReport(preview);
  const finding =
    /^machines\.demo-etcd-b\.disks: etcd members demo-etcd-a and demo-etcd-b share device naa\.5000c500a0000011 \(datastore esx-1-a\); /;
  expect(report.broken).toEqual([expect.stringMatching(finding)]);
  expect(report.verdict.cautions[0]).toMatch(
    /^as it stands, machines\.demo-etcd-b.*`pulumi up --refresh` puts it back$/,
  );
  // What nobody moved is no such thing.
  expect(stackReport(previewOfChange(stack(), stack())).broken).toEqual([]);
});

it("says what the machines take from each host, before and after", () => {
  const { before, after } = demoStacks();
  const unchanged = stackReport(previewOfChange(before, before)).demands;
  expect(demandBlocks(unchanged)).toHaveLength(2);
  const worker = inputsOf(after, "demo-general-a");
  Object.assign(worker, { numCpus: 6, memory: 24 * 1024 });
  const { hosts, ...all } = stackReport(previewOfChange(before, after)).demands;
  const changed = hosts.filter((host) => host.before.cpus !== host.after.cpus);
  expect(changed).toMatchObject([{ host: "esx-3", has: { cpus: 48 } }]);
  expect(all.after).toEqual({ ...all.before, cpus: all.before.cpus + 2, memoryGiB: all.before.memoryGiB + 8 });
  expect(all.before).toEqual({ machines: 9, cpus: 20, memoryGiB: 76, diskGiB: 310 });
});
