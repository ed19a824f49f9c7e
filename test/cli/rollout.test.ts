import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { render } from "../../cli/fleet/render";
import { projectIn } from "../../cli/report/project";
import { sitesOf } from "../../cli/rollout/candidates";
import { writeRolloutPlan } from "../../cli/rollout/plan";

let folder: string;
const rendered = () => render({ project: folder }, () => {});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-rollout-"));
  cpSync(join(__dirname, "../../docs/examples/fleet"), folder, { recursive: true });
  rendered();
});
afterAll(() => rmSync(folder, { recursive: true }));

const sites = (...wanted: string[]) => sitesOf(projectIn(folder), wanted, [join(folder, "rollout-plan.json")]);
const named = (...wanted: string[]) => sites(...wanted).map(({ name }) => name);
const edit = (file: string, from: string, to: string) =>
  writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to));

describe("the sites of a rollout", () => {
  it("are those with all labels, each with its windows in its own time", () => {
    expect(named("country=portugal", "size=medium")).toEqual(["braga-2", "porto-1", "porto-2"]);
    const [site] = sites("town=porto", "size=large");
    expect(site).toMatchObject({
      name: "porto-3",
      maintenance: { timeZone: "Europe/Lisbon", windows: [{ from: "01:00" }] },
    });
    expect(sites("town=fulda")[0]?.maintenance.timeZone).toBe("Europe/Berlin");
  });

  it("have digests of what each is to get, which change with that and with nothing else", () => {
    const before = sites("town=porto");
    writeFileSync(join(folder, "rollout-plan.json"), "{}");
    // What commands write while sites are changed: a plan under another name, states, records of drills.
    const plan = { plan: { version: 1, made: "2026-10-20T12:00:00.000Z" }, signature: "" };
    writeFileSync(join(folder, "friday.json"), JSON.stringify(plan, null, 2));
    for (const inside of [".pulumi/stacks", "drills"]) {
      mkdirSync(join(folder, inside), { recursive: true });
      writeFileSync(join(folder, inside, "porto-1.json"), "{}");
    }
    expect(sites("town=porto")).toEqual(before);
    edit("fleet.yaml", "count: 3, cpus: 8", "count: 4, cpus: 8");
    rendered();
    const grown = sites("town=porto");
    expect(
      grown.map(({ digests }, i) =>
        Object.keys(digests).filter((key) => digests[key as "images"] !== before[i]?.digests[key as "images"]),
      ),
    ).toEqual([[], [], ["description"]]);
    edit("fleet.yaml", "version: 1.37.2", "version: 1.37.1");
    edit("fleet.yaml", "template: groundwork-node", "template: groundwork-node-2");
    rendered();
    writeFileSync(join(folder, "index.ts"), "// another program\n");
    const all = sites("town=porto");
    for (const [i, { digests }] of all.entries())
      for (const [key, digest] of Object.entries(digests))
        expect(digest, key).not.toBe(grown[i]?.digests[key as "images"]);
  });

  it("are each compared with the plan by what its own stack file says, whatever the fleet's file says meanwhile", () => {
    const planned = sites().find(({ name }) => name === "porto-1");
    edit("fleet.yaml", "count: 4, cpus: 8", "count: 4, cpus: 16");
    expect(() => sites()).toThrow("it is not what fleet.yaml says");
    const [one, ...others] = sitesOf(projectIn(folder), [], [join(folder, "rollout-plan.json")], "porto-1");
    expect(others).toEqual([]);
    expect(one?.digests).toEqual(planned?.digests);
    edit("fleet.yaml", "count: 4, cpus: 16", "count: 4, cpus: 8");
  });

  it.each([
    [["town=kasel"], '--sites.town: "kasel" is no value of this label; did you mean kassel?'],
    [["towns=kassel"], "--sites.towns: there is no such label; did you mean town?"],
    [["kassel"], "--sites kassel: it is no label with a value; write town=fulda"],
  ])("%j is refused", (wanted, expected) => {
    expect(() => sites(...wanted)).toThrow(expected);
  });
});

describe("groundwork rollout plan", () => {
  const planned = (more: object) =>
    writeRolloutPlan(
      { project: folder, sites: [], output: join(folder, "rollout-plan.json"), parallel: 1, ...more },
      () => {},
      () => {},
    );

  it("refuses before anything is judged what cannot be", async () => {
    await expect(planned({})).rejects.toThrow("--key: no key is named");
    await expect(planned({ key: "/nowhere" })).rejects.toThrow("--key: /nowhere cannot be read");
    writeFileSync(join(folder, "no.key"), "no key");
    await expect(planned({ key: join(folder, "no.key") })).rejects.toThrow(/^--key .*no\.key: it is no key in PEM/);
    writeFileSync(join(folder, "policy.yaml"), "atOnse: 2\n");
    await expect(planned({ policy: join(folder, "policy.yaml") })).rejects.toThrow(
      "policy.yaml atOnse: no such setting; did you mean atOnce?",
    );
    await expect(planned({ dryRun: true, sites: ["country=germany", "town=porto"] })).rejects.toThrow(
      "--sites: no site has them all",
    );
    edit("fleet.yaml", "count: 4, cpus: 8", "count: 5, cpus: 8");
    await expect(planned({ dryRun: true })).rejects.toThrow("Pulumi.porto-3.yaml: it is not what fleet.yaml says");
  });
});
