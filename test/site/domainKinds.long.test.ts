import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOMAIN_KINDS } from "../../site/description/failureDomains";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";

const root = join(__dirname, "../..");
const table = "site/description/failureDomains.ts";

test("no file but the table names a kind of failure domain in its code", () => {
  // "room" is a common word, too: it is looked for only as a field.
  const named = new RegExp(`["'](${DOMAIN_KINDS.join("|")})["']|\\.(rack|feed)\\b|\\bhost\\??\\.room\\b`);
  const folders = ["site", "components", "infra", "policies", "cli"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  const naming = files.filter((file) => named.test(readFileSync(join(root, file), "utf8")));
  expect(files.length).toBeGreaterThan(200);
  expect(naming).toEqual([table]);
});

/** What a site in three chassis comes to, and one in two: printed by a program in a tree whose table has one row more. */
const program = `
import { siteJsonSchema } from "./cli/schema/command";
import { drawingsOf } from "./cli/report/html/drawing";
import { runbookOf } from "./cli/runbook/runbook";
import { toHtml } from "hast-util-to-html";
import { parseSite } from "./site/description/parse";
import { factsOfPlan } from "./site/facts/plan";
import { checkRules } from "./site/judge/rules";
import { singleFailures } from "./site/judge/failures";
import { planSite } from "./site/plan/plan";

const said = (chassis: number) => {
  const hosts = ["a", "b", "c", "d", "e", "f"].map((name, i) => ({
    name, cpus: 16, memoryGiB: 128, chassis: "c" + (i % chassis),
    devices: [{ id: "naa." + name + "1", datastore: name + "-1" }, { id: "naa." + name + "2", datastore: name + "-2" }],
  }));
  const plan = planSite(parseSite({
    name: "shop", hosts,
    hypervisor: { kind: "vsphere", server: "vc.example", datacenter: "DC0", cluster: "C0", template: "t", network: "n" },
    network: {
      cidr: "10.0.42.0/24", gateway: "10.0.42.1", apiVip: "10.0.42.5", machines: "10.0.42.10-10.0.42.120", nameservers: ["10.0.42.3"],
    },
    kubernetes: { version: process.argv[2] },
    etcd: { members: 3 },
    workers: [{ name: "general", count: 6, cpus: 4, memoryGiB: 16 }],
  }));
  const facts = factsOfPlan(plan);
  const chassisOf = new Map(hosts.map((host) => [host.name, host.chassis]));
  const book = runbookOf(plan, {}, { stack: "shop", made: new Date(0) });
  return {
    members: plan.machines.filter(({ role }) => role === "etcd").map(({ host }) => chassisOf.get(host)),
    labels: plan.machines.map(({ labels }) => labels["groundwork.local/chassis"]),
    failures: singleFailures(facts).filter(({ kind }) => (kind as string) === "chassis"),
    findings: checkRules(facts).filter(({ rule }) => rule === "etcd-domain-majority").map(({ message }) => message),
    procedures: book.kinds.filter(({ title }) => title.startsWith("Chassis")).flatMap(({ cases }) => cases.flatMap(({ names }) => names)),
    drawn: toHtml(drawingsOf({ stack: "shop", machines: [], others: [], drawing: book.drawing })),
  };
};
const { hosts } = JSON.parse(siteJsonSchema()).properties;
console.log(JSON.stringify({ three: said(3), two: said(2), schema: hosts.items.properties.chassis }));
`;

describe("another kind of failure domain is one row of the table", () => {
  const tree = mkdtempSync(join(tmpdir(), "groundwork-kinds-"));
  // biome-ignore lint/suspicious/noExplicitAny: what a program of another tree prints
  let printed: any;

  beforeAll(() => {
    for (const folder of ["site", "cli", "fleet"]) cpSync(join(root, folder), join(tree, folder), { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(tree, file));
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    const row = `  chassis: {
    title: "chassis", plural: "chassis", field: "The chassis whose power supplies it shares.",
    isPlace: true, takesDisks: true, mend: (name) => \`repair chassis \${name}\`,
  },
`;
    const end = "} as const satisfies";
    writeFileSync(join(tree, table), readFileSync(join(root, table), "utf8").replace(end, row + end));
    writeFileSync(join(tree, "probe.ts"), program);
    const command = ["--require", "tsx/cjs", "probe.ts", kubernetesMinor(NEWEST_MINOR).tested];
    printed = JSON.parse(execFileSync(process.execPath, command, { cwd: tree, encoding: "utf8" }));
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test("the description takes it, with its help", () => {
    expect(printed.schema).toMatchObject({
      type: "string",
      description: "The chassis whose power supplies it shares.",
    });
  });
  test("the layout spreads a store over it", () => {
    expect([...printed.three.members].sort()).toEqual(["c0", "c1", "c2"]);
  });
  test("nodes are labelled with it", () => {
    expect(new Set(printed.three.labels)).toEqual(new Set(["c0", "c1", "c2"]));
  });
  test("its failures are judged, and told what to do about", () => {
    expect(printed.three.failures).toHaveLength(3);
    for (const { etcdQuorum, apiReachable, action, id } of printed.three.failures)
      expect({ etcdQuorum, apiReachable, action }).toEqual({
        etcdQuorum: true,
        apiReachable: true,
        action: `repair chassis ${id}`,
      });
  });
  test("a rule tells where one holds a majority", () => {
    expect(printed.three.findings).toEqual([]);
    expect(printed.two.findings).toEqual([
      expect.stringMatching(/^chassis c[01] holds 2 of 3 etcd members: its loss ends the store$/),
    ]);
  });
  test("the drawing and the runbook show it", () => {
    for (const name of ["c0", "c1", "c2"]) {
      expect(printed.three.drawn).toContain(`<h3>chassis ${name}</h3>`);
      expect(printed.three.procedures).toContain(`chassis ${name}`);
    }
  });
});
