import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FROM_FLEET } from "../../../cli/fleet/stackFiles";
import { countsFileOf, withCountsWritten, writeCounts } from "../../../cli/scale/write";

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

describe("a site of a fleet", () => {
  const fleet = `# all shops
defaults:
  workers: [{name: general, count: 2}]
groups:
  large: {labels: {size: large}, settings: {workers: [{name: general, count: 4}]}}
sites:
  # the first
  shop:
    labels: {size: "large"}
    settings:
      workers:
        - {name: general, count: 2, scale: {minimum: 2, maximum: 6}}   # two of six
  plain:
    settings: {}
  bare:
`;

  it("has its count in the fleet's file, and nothing else of it changes", () => {
    const within = mkdtempSync(join(folder, "fleet-"));
    const [stack, file] = [join(within, "stacks/Pulumi.shop.yaml"), join(within, "fleet.yaml")];
    mkdirSync(join(within, "stacks"));
    writeFileSync(stack, `${FROM_FLEET}\n${text}`);
    writeFileSync(file, fleet);
    const place = countsFileOf(stack, "shop");
    expect([resolve(place.file), place.fleetSite]).toEqual([file, "shop"]);
    expect(() => writeCounts({ ...place, file: join(within, "gone.yaml") }, { general: 3 })).toThrow(
      "gone.yaml: it is not there, and the site's stack file is written from it; put it back",
    );
    writeCounts(place, { general: 3 });
    expect(readFileSync(file, "utf8")).toBe(fleet.replace("count: 2, scale", "count: 3, scale"));
    expect(readFileSync(stack, "utf8")).toBe(`${FROM_FLEET}\n${text}`);
  });

  it.each(["plain", "bare", "other"])("is not changed where %s has its pools from what others have, too", (name) => {
    expect(() => withCountsWritten(fleet, "fleet.yaml", { general: 3 }, name)).toThrow(
      `fleet.yaml: sites.${name} has its pools from the defaults or a group, as other sites have, too; ` +
        "give it settings.workers of its own there, or change the count for all of them",
    );
  });

  it("is not changed where its settings are another one's, too", () => {
    const shared = fleet.replace("    settings:\n      workers:", "    settings: &own\n      workers:");
    expect(() => withCountsWritten(shared, "fleet.yaml", { general: 3 }, "shop")).toThrow(
      "fleet.yaml: the count of pool general is no number of its own there; write 3 yourself",
    );
    const alias = shared.replace("settings: {}", "settings: *own");
    expect(() => withCountsWritten(alias, "fleet.yaml", { general: 3 }, "plain")).toThrow(
      "fleet.yaml: sites.plain has",
    );
  });
});

it("writes into a stack file that a person wrote", () => {
  const file = join(folder, "Pulumi.shop.yaml");
  writeFileSync(file, text);
  const place = countsFileOf(file, "shop");
  expect(place).toEqual({ file });
  writeCounts(place, { gpu: 2 });
  expect(readFileSync(file, "utf8")).toBe(text.replace("count: 1 #", "count: 2 #"));
});
