import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { writeNew } from "../../cli/fleet/stackFiles";
import { newSite } from "../../cli/new-site/newSite";
import type { NewSiteOptions } from "../../cli/new-site/options";
import { meetingsIn } from "../fleet/meet";
import { RECIPIENT, store042, twoHosts } from "../fleet/sources";

let folder: string;
let said = "";
const pool = `# Ours.
networks:
  - {kind: block, cidr: 10.0.40.0/21, prefixLength: 24, except: [10.0.40.0/24]} # the stores
`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-new-site-"));
  said = "";
  mkdirSync(join(folder, "stacks"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: groundwork\nruntime: nodejs\nstackConfigDir: stacks\n");
  writeFileSync(join(folder, "stacks/Pulumi.store-042.yaml"), store042);
  writeFileSync(join(folder, "fleet-pool.yaml"), pool);
  writeFileSync(join(folder, "hosts.yaml"), twoHosts);
});
afterEach(() => rmSync(folder, { recursive: true }));

const made = (name: string | undefined, options: Partial<NewSiteOptions> = {}) =>
  newSite(name, { from: "store-042", set: [], project: folder, ...options }, {}, (text) => {
    said += text;
  });
const files = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")]),
  );
const stacks = () =>
  Object.entries(files()).flatMap(([file, text]) => (file.startsWith("stacks/Pulumi.") ? [text] : []));
const complete = [`backup.recipients=[${RECIPIENT}]`, "backup.targets[1].bucket={name}"];

describe("groundwork new-site", () => {
  it("writes the file, and what the pool gave; a second run changes nothing", async () => {
    expect(await made("store-043", { hosts: join(folder, "hosts.yaml"), set: complete })).toBe(1);
    expect(said).toContain("missing  config.groundwork:backupSftpKey");
    const first = files();
    expect(first["fleet-pool.yaml"]).toBe(`${pool}given:\n  store-043: {cidr: 10.0.41.0/24}\n`);
    const site = parse(first["stacks/Pulumi.store-043.yaml"] ?? "").config["groundwork:site"];
    expect(site).toMatchObject({
      network: { cidr: "10.0.41.0/24" },
      backup: { targets: [{}, { bucket: "store-043" }] },
    });
    said = "";
    expect(await made("store-043", { hosts: join(folder, "hosts.yaml"), set: complete })).toBe(0);
    expect(said).toContain("kept     stacks/Pulumi.store-043.yaml: it is there already");
    expect(files()).toEqual(first);
  });

  it("makes many of a table; one that was interrupted goes on with what each was given", async () => {
    writeFileSync(
      join(folder, "sites.csv"),
      "name,network,hosts,workers[0].count,contacts\n" +
        'fulda,,hosts.yaml,3,"[{name: Ada Night, role: on call}]"\n' +
        "kassel,10.8.0.0/24,,,\n" +
        "bebra,,,,\n",
    );
    await made(undefined, { csv: join(folder, "sites.csv"), count: 3 });
    const whole = files();
    expect(parse(whole["stacks/Pulumi.fulda.yaml"] ?? "").config["groundwork:site"]).toMatchObject({
      hosts: [{ name: "box-1" }, { name: "box-2" }],
      workers: [{ count: 3 }],
      contacts: [{ name: "Ada Night" }],
    });
    expect(parse(whole["fleet-pool.yaml"] ?? "").given).toEqual({
      fulda: { cidr: "10.0.41.0/24" },
      kassel: { cidr: "10.8.0.0/24" },
      bebra: { cidr: "10.0.43.0/24" },
    });
    expect(meetingsIn(stacks())).toEqual([]);
    for (const lost of ["fulda", "bebra"]) rmSync(join(folder, `stacks/Pulumi.${lost}.yaml`));
    await made(undefined, { csv: join(folder, "sites.csv") });
    expect(files()).toEqual(whole);
  });

  it("counts up from a name", async () => {
    await made("store-098", { count: 3 });
    expect(readdirSync(join(folder, "stacks")).sort()).toEqual(
      ["042", "098", "099", "100"].map((n) => `Pulumi.store-${n}.yaml`),
    );
  });

  it("writes nothing when something is wrong, and tells all of it", async () => {
    const before = files();
    await expect(made("store-043", { count: 9 })).rejects.toThrow(
      /store-049.yaml network.cidr: the pool is exhausted(.|\n)*store-051.yaml network.cidr: the pool is exhausted/,
    );
    expect(files()).toEqual(before);
  });

  it("never writes over a file, not even one that comes meanwhile", async () => {
    const mine = store042.replaceAll("store-042", "mine").replaceAll("10.0.42.", "10.7.42.");
    writeFileSync(join(folder, "stacks/Pulumi.store-043.yaml"), mine);
    await made("store-043");
    expect(writeNew(join(folder, "stacks/Pulumi.store-043.yaml"), "other")).toBe(false);
    expect(files()["stacks/Pulumi.store-043.yaml"]).toBe(mine);
    expect(readdirSync(join(folder, "stacks"))).toHaveLength(2);
  });

  it("refuses to guess what a broken neighbour holds", async () => {
    writeFileSync(
      join(folder, "stacks/Pulumi.other.yaml"),
      store042.replace("cidr: 10.0.42.0/24", "cidr: 10.0.42.0/99"),
    );
    await expect(made("store-043")).rejects.toThrow("stacks/Pulumi.other.yaml network.cidr:");
    expect(existsSync(join(folder, "stacks/Pulumi.store-043.yaml"))).toBe(false);
  });

  it.each([
    ["no name", undefined, {}, "<name>: no site is named"],
    ["a name that is none", "Store 43", {}, '<name> name: "Store 43" is not valid'],
    ["a name to count from without a number", "shop", { count: 2 }, "ends in no number"],
    ["one network for two", "s-1", { count: 2, network: "10.1.0.0/24" }, "--network: one network is not for 2 sites"],
    ["a network that is none", "s-1", { network: "10.1.0.0/99" }, '<name> network: "10.1.0.0/99" is not valid'],
    ["an unknown source", "s-1", { from: "store-41" }, "--from: there is no stack store-41; use one of store-042"],
    ["a setting without a value", "s-1", { set: ["workers"] }, "--set workers: it has no value"],
    ["a setting that is no YAML", "s-1", { set: ["workers=[1"] }, "<name> workers: "],
    ["hosts that are not there", "s-1", { hosts: "/nowhere.yaml" }, "/nowhere.yaml: there is no such file"],
    ["hosts without hosts", "s-1", { hosts: "fleet-pool.yaml" }, "it has no hosts"],
    ["a pool that is not there", "s-1", { pool: "none.yaml" }, "--pool: there is no file none.yaml"],
    ["a table that is not there", undefined, { csv: "/nowhere.csv" }, "/nowhere.csv: there is no such file"],
    ["a table that is none", undefined, { csv: "bad.csv" }, "bad.csv: Invalid"],
    ["a table without names", undefined, { csv: "unnamed.csv" }, "unnamed.csv: it names no site"],
    ["a site twice", undefined, { csv: "twice.csv" }, 'twice.csv[3]: "a" is there twice'],
    ["more than the table has", undefined, { csv: "twice.csv", count: 9 }, "--count:"],
    [
      "flags that a table has columns for",
      undefined,
      { csv: "twice.csv", network: "10.1.0.0/24" },
      "--network: the table",
    ],
  ] as [string, string | undefined, Partial<NewSiteOptions>, string][])(
    "%s is refused",
    async (_, name, options, expected) => {
      writeFileSync(join(folder, "bad.csv"), "name,network\na,b,c\n");
      writeFileSync(join(folder, "unnamed.csv"), "site\na\n");
      writeFileSync(join(folder, "twice.csv"), "name\na\nb\na\n");
      const inFolder = (file?: string) => (file?.startsWith("/") || file === undefined ? file : join(folder, file));
      const given = {
        ...options,
        ...(options.csv && { csv: inFolder(options.csv) }),
        ...(options.hosts && { hosts: inFolder(options.hosts) }),
      };
      const before = { ...files() };
      await expect(made(name, given)).rejects.toThrow(expected);
      expect(files()).toEqual(before);
    },
  );
});
