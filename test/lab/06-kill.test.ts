import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { pulumiOrThrow } from "../../cli/stack/pulumi";
import { cutOff } from "../support/lab/cutOff";
import { demo, labName, RunningSite } from "../support/lab/site";

// One moment at which an `up` loses its power; others, of a site that is being made, in `npm run test:life`.

const folder = mkdtempSync(join(tmpdir(), "groundwork-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an `up` that is killed while nodes are configured is taken up by the next one (R5)", async () => {
  const site = await RunningSite.open();
  const document = parseDocument(readFileSync(site.stack.configFile ?? "", "utf8"));
  document.setIn(["config", "groundwork:site", "workers", 0, "labels", "example.com/tier"], "front");
  document.setIn(["config", "groundwork:site", "namespaces"], [{ name: "tills", quota: { cpus: 1, memoryGiB: 2 } }]);
  const stack = join(folder, "Pulumi.killed.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  await cutOff(labName, { sign: /remote:Command \S+-general-\w updating/, after: 500 }, "--stack", stack);

  const { code, text } = await demo("--stack", stack);
  expect(code, text).toBe(0);
  const state = JSON.parse(await pulumiOrThrow(site.stack, ["stack", "export"])) as {
    deployment: { pending_operations?: unknown[] };
  };
  expect(state.deployment.pending_operations ?? []).toEqual([]);
  const workers = site.machines("worker").map(({ name }) => name);
  const labelled = await site.kubectl("get", "nodes", "-l", "example.com/tier=front", "-o", "name");
  expect(labelled.split("\n").filter(Boolean).sort()).toEqual(workers.map((name) => `node/${name}`).sort());
  await site.healthy();
  // What comes after the nodes is there, too (C4).
  const guards = await site.kubectl("-n", "tills", "get", "resourcequota,limitrange,networkpolicy", "-o", "name");
  expect(guards.split("\n").filter(Boolean)).toHaveLength(5);
  const preview = await site.pulumi("preview", "--expect-no-changes");
  expect(preview.code, preview.stdout + preview.stderr).toBe(0);
});
