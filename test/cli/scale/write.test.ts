import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FROM_FLEET } from "../../../cli/fleet/stackFiles";
import { withCountsWritten, writeCounts } from "../../../cli/scale/write";

const folder = mkdtempSync(join(tmpdir(), "groundwork-scale-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = `# what runs
config:
  groundwork:site:
    name: "shop"   # the shop
    workers:
      # for everybody
      - {name: general, count: 2, cpus: 4, memoryGiB: 16}   # two
      - name: 'gpu'
        count: 1 # one
        scale: {minimum: 0, maximum: 3}
encryptionsalt: v1:abc
`;

it("writes the counts and nothing else", () => {
  const written = withCountsWritten(text, "f", { general: 12, gpu: 3 });
  expect(written).toBe(text.replace("count: 2", "count: 12").replace("count: 1 #", "count: 3 #"));
  expect(withCountsWritten("workers: [{name: a, count: 1}]\n", "f", { a: 0 })).toBe("workers: [{name: a, count: 0}]\n");
});

it.each([
  ["of a pool that is not there", text, "other"],
  ["that stands elsewhere, too", text.replace("count: 2", "count: &n 2"), "general"],
  ["of a pool that stands elsewhere, too", text.replace("- {name: general", "- &pool {name: general"), "general"],
  [
    "that comes from another place",
    text.replace("count: 1 #", "count: *n #").replace("count: 2", "count: &n 2"),
    "gpu",
  ],
])("refuses a count %s", (_, from, pool) => {
  expect(() => withCountsWritten(from, "f.yaml", { [pool]: 3 })).toThrow(
    `f.yaml: the count of pool ${pool} is no number of its own there; write 3 yourself`,
  );
});

it("refuses a file that is written from a fleet's, and leaves it as it is", () => {
  const file = join(folder, "Pulumi.shop.yaml");
  writeFileSync(file, `${FROM_FLEET}\n${text}`);
  expect(() => writeCounts(file, { gpu: 2 })).toThrow(
    `${file}: it is written from fleet.yaml; change the counts there`,
  );
  expect(readFileSync(file, "utf8")).toBe(`${FROM_FLEET}\n${text}`);
  writeFileSync(file, text);
  writeCounts(file, { gpu: 2 });
  expect(readFileSync(file, "utf8")).toBe(text.replace("count: 1 #", "count: 2 #"));
});
