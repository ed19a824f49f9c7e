import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import type { Failure } from "../../site/judge/failures/model";
import { attempt, type Ended, labName, RunningSite } from "../support/lab/site";

// D7: each single failure of the table is caused, and what the table promises is measured.

const folder = mkdtempSync(join(tmpdir(), "groundwork-rehearsal-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Seconds that a rehearsal of the whole table may take on a small computer. */
const limit = 1500;

function rehearse(...args: string[]): Promise<Ended> {
  return attempt("node", ["lab/bootstrap.cjs", "lab/rehearse.ts", "--name", labName, ...args], { seconds: limit });
}

/** The site's failure table, with one row changed. */
async function changedTable(kind: string, id: string, change: Partial<Failure>): Promise<string> {
  const { plan } = await RunningSite.open();
  const failures = singleFailures(factsOfPlan(plan)).map((failure) =>
    failure.kind === kind && failure.id === id ? { ...failure, ...change } : failure,
  );
  const file = join(folder, "table.json");
  writeFileSync(file, JSON.stringify({ failures }));
  return file;
}

test("what happens is what the table says (D7)", { timeout: (limit + 60) * 1000 }, async () => {
  const { code, text } = await rehearse();
  console.log(text);
  expect(text).toContain("the table says what happens.");
  expect(code).toBe(0);
  for (const cause of ["machine", "device", "host", "split", "full", "slow", "clock", "device gone", "host gone"])
    expect(text).toMatch(new RegExp(`^${cause} .* quorum +up +\\d`, "m"));
});

describe("a wrong promise is found:", () => {
  test("a worker more than are left, and a quorum that is not lost", async () => {
    const { plan } = await RunningSite.open();
    const worker = plan.machines.find(({ role }) => role === "worker")?.name ?? "";
    const workers = plan.machines.filter(({ role }) => role === "worker").length;
    const table = await changedTable("machine", worker, { workersLeft: workers, etcdQuorum: false });
    const { code, text } = await rehearse("--row", `machine ${worker}`, "--table", table);
    expect(text).toContain(`WRONG  workers: the table says ${workers} are left, ${workers - 1} were`);
    expect(text).toContain("WRONG  etcd: the table says no quorum, it was a quorum");
    expect(text).toContain("the table is wrong about 1.");
    expect(code).toBe(1);
  });
});
