import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { drillsFolder } from "../../policies/drillsFolder";

const root = mkdtempSync(join(tmpdir(), "groundwork-drills-"));
afterAll(() => rmSync(root, { recursive: true }));

it.each([
  ["its folder in the project", "project/policies", "project/drills"],
  ["what is built in it", "project/policies/dist", "project/drills"],
  ["an installed package", "project/node_modules/groundwork/policies", "project/drills"],
  ["no project", "elsewhere/pack", "elsewhere/drills"],
])("records of drills are found from a pack in %s", (_, pack, drills) => {
  mkdirSync(join(root, pack), { recursive: true });
  mkdirSync(join(root, "project"), { recursive: true });
  writeFileSync(join(root, "project/Pulumi.yaml"), "name: groundwork\n");
  expect(drillsFolder(join(root, pack))).toBe(join(root, drills));
});
