import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { render, requireRendered } from "../../cli/fleet/render";
import { runPlan } from "../../cli/plan/command";
import { projectIn } from "../../cli/report/project";
import { baseOf, touchedSince } from "../../cli/report/revision";

let folder: string;
let said = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-fleet-"));
  cpSync(join(__dirname, "../../docs/examples/fleet"), folder, { recursive: true });
  said = "";
});
afterEach(() => rmSync(folder, { recursive: true }));

const rendered = (check = false) =>
  render({ project: folder, check }, (text) => {
    said += text;
  });
const text = (file: string) => readFileSync(join(folder, file), "utf8");
const stack = (site: string) => `stacks/Pulumi.${site}.yaml`;
const edit = (file: string, from: string, to: string) =>
  writeFileSync(join(folder, file), text(file).replace(from, to));
const all = () => Object.fromEntries(readdirSync(join(folder, "stacks")).map((name) => [name, text(`stacks/${name}`)]));

describe("the example fleet", () => {
  it("becomes twelve stack files that plan without a mandatory finding; again, nothing changes", () => {
    expect(rendered()).toBe(0);
    const first = all();
    expect(Object.keys(first)).toHaveLength(12);
    for (const name of Object.keys(first)) {
      let told = "";
      const code = runPlan(
        join(folder, "stacks", name),
        {},
        () => {},
        (line) => {
          told += line;
        },
      );
      expect({ name, code, told }).toEqual({ name, code: 0, told: "" });
    }
    said = "";
    expect(rendered(true)).toBe(0);
    expect(rendered()).toBe(0);
    expect(said).toBe("12 sites, every file as it was\n");
    expect(all()).toEqual(first);
  });

  it("is changed by one line, and the report is asked of the sites that it touches", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@a.example", ...args], { cwd: folder });
    rendered();
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("commit", "-qm", "before");
    edit("fleet.yaml", "count: 3, cpus: 8", "count: 4, cpus: 8");
    const project = projectIn(folder);
    expect(() => requireRendered(project)).toThrow(
      "stacks/Pulumi.kassel-3.yaml: it is not what fleet.yaml says; run `npx groundwork fleet render`\n" +
        "stacks/Pulumi.porto-3.yaml: it is not what fleet.yaml says",
    );
    expect(rendered(true)).toBe(1);
    rendered();
    requireRendered(project);
    expect((await touchedSince(project, await baseOf(project, "main"))).stacks).toEqual(["kassel-3", "porto-3"]);
  });
});

describe("a stack file of a fleet", () => {
  it("keeps what else is in it", () => {
    rendered();
    edit(stack("bebra-1"), "config:\n", "encryptionsalt: v1:abc\nconfig:\n  # ours\n  groundwork:vsphereUser: svc\n");
    edit("fleet.yaml", "1.37.2", "1.37.1");
    rendered();
    expect(text(stack("bebra-1"))).toMatch(/^# yaml-language-server: .*\n# Written from fleet.yaml/);
    expect(text(stack("bebra-1"))).toContain(
      "encryptionsalt: v1:abc\nconfig:\n  # ours\n  groundwork:vsphereUser: svc\n",
    );
    expect(parse(text(stack("bebra-1"))).config["groundwork:site"].kubernetes.version).toBe("1.37.1");
  });

  it("that a person wrote is not written over", () => {
    rendered();
    const own = text(stack("bebra-1"))
      .replace(/^# Written.*\n/m, "")
      .replace("count: 1", "count: 2");
    writeFileSync(join(folder, stack("bebra-1")), own);
    expect(() => rendered()).toThrow(`${stack("bebra-1")}: somebody else wrote it, and fleet.yaml has the site, too`);
    expect(text(stack("bebra-1"))).toBe(own);
  });

  it("may describe its site itself: the fleet's file has its labels and windows, and what it holds is nobody else's", () => {
    rendered();
    const own = text(stack("bebra-1")).replace(/^# Written.*\n/m, "");
    writeFileSync(join(folder, stack("bebra-1")), own.replace("count: 1", "count: 2"));
    const fleet = parse(text("fleet.yaml"));
    fleet.sites["bebra-1"] = { labels: fleet.sites["bebra-1"].labels, description: "stack" };
    const write = () => writeFileSync(join(folder, "fleet.yaml"), stringify(fleet));
    write();
    said = "";
    expect(rendered()).toBe(0);
    expect(said).toBe("11 sites, every file as it was\n");
    expect(text(stack("bebra-1"))).toContain("count: 2");
    expect(requireRendered(projectIn(folder))?.sites["bebra-1"]).toMatchObject({
      labels: fleet.sites["bebra-1"].labels,
      maintenance: requireRendered(projectIn(folder))?.sites["bebra-2"]?.maintenance,
    });
    // Another one in its network is refused as it would be among copies.
    const { cidr } = parse(own).config["groundwork:site"].network;
    fleet.sites["bebra-2"].network = cidr;
    write();
    expect(() => rendered()).toThrow(/sites\.bebra-2 network\.machines: some of these addresses are bebra-1.s/);
    delete fleet.sites["bebra-2"].network;

    fleet.sites["bebra-1"].settings = { workers: [] };
    write();
    expect(() => rendered()).toThrow(
      "fleet.yaml sites.bebra-1.settings.workers: its stack file describes this site; write it there; or leave description",
    );
    delete fleet.sites["bebra-1"].settings;
    writeFileSync(
      join(folder, stack("bebra-1")),
      `# Written from fleet.yaml by \`npx groundwork fleet render\`: change it there.\n${own}`,
    );
    write();
    expect(() => rendered()).toThrow(/bebra-1.yaml: it says that fleet.yaml writes it.*remove its line/);
    rmSync(join(folder, stack("bebra-1")));
    expect(() => rendered()).toThrow(
      "fleet.yaml sites.bebra-1.description: there is no stacks/Pulumi.bebra-1.yaml that describes it; make it",
    );
  });

  it("keeps its network when the pool's record of it is lost", () => {
    rendered();
    const before = all();
    writeFileSync(join(folder, "fleet-pool.yaml"), text("fleet-pool.yaml").replace(/^given:[\s\S]*/m, ""));
    edit(
      "fleet.yaml",
      "  fulda-2:\n",
      "  aaa:\n    labels: {country: germany, town: fulda, size: medium}\n    settings: {hosts: [{name: esx-1, cpus: 16, memoryGiB: 256, devices: [{id: naa.a, datastore: a}, {id: naa.b, datastore: b}, {id: naa.c, datastore: c}]}]}\n  fulda-2:\n",
    );
    rendered();
    const { "Pulumi.aaa.yaml": added, ...others } = all();
    expect(others).toEqual(before);
    expect(parse(added ?? "").config["groundwork:site"].network.cidr).toBe("10.20.13.0/24");
  });

  it("whose site the fleet has no more is told, and stays", () => {
    rendered();
    edit("fleet.yaml", "  fulda-1:", "  fulda-9:");
    expect(() => rendered()).toThrow(
      `${stack("fulda-1")}: fleet.yaml has this site no more; destroy its stack, then delete the file`,
    );
    expect(text(stack("fulda-1"))).toContain("name: fulda-1");
  });

  it("tells a site that is there twice", () => {
    edit("fleet.yaml", "  fulda-2:", "  fulda-1:");
    expect(() => rendered()).toThrow(/fleet.yaml: Map keys must be unique at line \d+/);
  });
});
