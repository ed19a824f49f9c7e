import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { demo, labIsKept, RunningSite } from "../support/lab/site";

const folder = mkdtempSync(join(tmpdir(), "groundwork-growth-"));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

test("more memory reaches members and workers while they run", async () => {
  const before = await RunningSite.open();
  const started = await startTimes(before);
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const site = ["config", "groundwork:site"];
  const more = 2 + Math.max(...before.machines("etcd", "worker").map(({ memoryGiB }) => memoryGiB));
  document.setIn([...site, "etcd", "memoryGiB"], more);
  document.setIn([...site, "workers", 0, "memoryGiB"], more);
  const stack = join(folder, "Pulumi.grown.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));

  const { code, text } = await demo("--stack", stack);
  expect(code, text).toBe(0);
  const after = await RunningSite.open();
  expect(await startTimes(after)).toEqual(started);
  for (const { name } of after.machines("etcd", "worker")) {
    const info = JSON.parse(await after.datacenter.govc("vm.info", "-json", name)) as {
      virtualMachines: { config: { hardware: { memoryMB: number } } }[];
    };
    expect(info.virtualMachines[0]?.config.hardware.memoryMB, name).toBe(more * 1024);
  }
  await after.healthy();
});

/** When each machine was last started. */
async function startTimes(site: RunningSite): Promise<string[]> {
  const names = site.machines().map(({ name }) => site.container(name));
  const text = await site.run("docker", ["inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...names]);
  return text.trim().split("\n").sort();
}
