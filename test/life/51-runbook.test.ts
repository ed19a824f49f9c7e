import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Traffic } from "../../lab/traffic";
import { encryptionKeyOf, encryptionKeys } from "../../site/pki/keys";
import { needlesOfKey, needlesOfText, secretsIn } from "../support/lab/clearText";
import { keysOfState } from "../support/lab/keyMaterial";
import { attempt, labName, RunningSite, until } from "../support/lab/site";
import { type Blanks, Reader } from "./printed";

// D6: the runbook of the site that runs. What it prints is done as it is printed.

let site: RunningSite;
let reader: Reader;
let html: string;
const folder = mkdtempSync(join(tmpdir(), "groundwork-runbook-"));

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  html = readFileSync(await written("runbook.html"), "utf8");
  reader = await Reader.signIn(site, html, labName);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (reader) rmSync(reader.folder, { recursive: true });
});

/** `groundwork runbook` of the site. */
async function written(name: string): Promise<string> {
  const output = join(folder, name);
  const args = ["cli/groundwork.cjs", "runbook", "--stack", labName, "--output", output];
  const { code, text } = await attempt("node", [...args, "--config-file", site.stack.configFile ?? ""], {
    env: site.environment,
  });
  expect(text).toContain(`${output}: written`);
  expect(code).toBe(0);
  return output;
}

describe("what is written (D6)", () => {
  test("has no secret in it", async () => {
    const keys = await keysOfState(site);
    const encryption = encryptionKeys(site.plan).map((id) =>
      keys.get(`${site.plan.site}-${id}`)?.find((form) => form.includes("BEGIN PRIVATE KEY")),
    );
    const needles = [
      ...[...keys].flatMap(([name, forms]) => needlesOfKey(name, forms)),
      ...encryption.flatMap((key) => needlesOfText("encryption key", encryptionKeyOf(key ?? ""))),
      ...needlesOfText("passphrase of the state", site.environment.PULUMI_CONFIG_PASSPHRASE ?? ""),
      ...needlesOfText("password of vCenter", site.environment.VSPHERE_PASSWORD ?? ""),
    ];
    expect(keys.size).toBeGreaterThan(35);
    expect(secretsIn(html, needles)).toEqual([]);
    expect(html).not.toMatch(/PRIVATE KEY|client-key-data/);
  });

  test("names every machine with its address and place, and every certificate with its end", async () => {
    for (const { name, address, host } of site.machines())
      for (const fact of [`>${name}<`, `<td>${address}</td>`, `>${host}<`]) expect(html).toContain(fact);
    const outputs = JSON.parse(
      await site.run("pulumi", ["stack", "output", "--json", "--show-secrets", "--stack", labName]),
    );
    expect(outputs.certificates.length).toBeGreaterThan(20);
    for (const { id, expires } of outputs.certificates) {
      expect(html).toContain(id);
      expect(html).toContain(expires.slice(0, 10));
    }
    expect(html).not.toContain("Nothing of this site runs yet");
    expect(html).not.toContain("never brought up; run");
  });

  test("can be a PDF", async () => {
    const pdf = readFileSync(await written("runbook.pdf"));
    expect(pdf.subarray(0, 4).toString()).toBe("%PDF");
    expect(pdf.length).toBeGreaterThan(100_000);
  });
});

/** What a reader fills in who looks at one machine, and at what it lies on. */
function blanksOf(of: string): Blanks {
  const [worker] = site.machines("worker");
  const datastores = (worker?.disks ?? []).map(({ datastore }) => datastore).join(" ");
  const machines = of === "machine" ? [worker] : site.machines().filter(({ host }) => host === worker?.host);
  const blanks = { MACHINES: machines.map((machine) => machine?.name).join(" ") };
  if (of === "host") return { ...blanks, HOST: worker?.host ?? "" };
  return of === "storage" ? { ...blanks, DATASTORES: datastores } : blanks;
}

test("every command that only looks works on the site as it is printed, and names what is not there", async () => {
  const looks = reader.commands.filter(({ use }) => use === "see");
  expect(new Set(looks.map(({ command }) => command)).size).toBeGreaterThan(12);
  const failed: string[] = [];
  for (let i = 0; i < looks.length; i += 4)
    await Promise.all(
      looks.slice(i, i + 4).map(async ({ command, of }) => {
        const { code, text } = await reader.type(command, { blanks: blanksOf(of) });
        if (code !== 0) failed.push(`${command}: exit code ${code}\n${text}`);
      }),
    );
  expect(failed).toEqual([]);
  const unknown = await reader.type("works nobody");
  expect([unknown.code, unknown.stdout]).toEqual([1, "nobody:\nno such machine\n  does NOT work\n"]);
  console.log(`${looks.length} commands that look`);
});

/** Causes something, and mends it as the runbook says while clients use the API. */
async function recovered(
  of: string,
  way: string,
  blanks: Blanks,
  cause: () => Promise<unknown>,
  { repair = async () => {}, mayLose = 0 }: { repair?: () => Promise<unknown>; mayLose?: number } = {},
): Promise<void> {
  const kubeconfig = site.paths.kubeconfig;
  const traffic = await Traffic.start(kubeconfig);
  await cause();
  const caused = Date.now();
  const looks = reader.commands.filter((each) => each.of === of && each.use === "see" && each.way === undefined);
  const codes = await Promise.all(looks.map(async ({ command }) => (await reader.type(command, { blanks })).code));
  expect(Math.max(...codes), "a command that shows the failure").toBeGreaterThan(0);
  try {
    await repair();
    await reader.goThrough(of, way, blanks);
    await until("healthy", 120, () => site.healthy().then(() => true));
  } finally {
    const report = await traffic.stop();
    const { acknowledged, longestWriteGap, lost } = report;
    const took = Math.round((Date.now() - caused) / 1000);
    console.log(
      `${of}, ${way}: ${took} s; ${acknowledged} writes, longest gap ${longestWriteGap} ms, ${lost.length} lost`,
    );
    expect(lost.length).toBeLessThanOrEqual(mayLose);
  }
}

const named = (role: "worker" | "etcd", i: number) => site.machines(role)[i]?.name ?? "";

describe("what to do, as it is printed (D8):", () => {
  test("a worker is gone for good", async () => {
    const worker = named("worker", 1);
    await recovered("machine", "gone", { MACHINES: worker }, () => site.control.killMachine(worker));
  });

  test("an etcd member is gone for good", async () => {
    const member = named("etcd", 1);
    await recovered("machine", "gone", { MACHINES: member }, () => site.control.killMachine(member));
  });

  test("a host was off", async () => {
    const HOST = site.machines("etcd")[2]?.host ?? "";
    const here = site.machines().filter(({ host }) => host === HOST);
    const blanks = { HOST, MACHINES: here.map(({ name }) => name).join(" ") };
    await recovered("host", "back", blanks, () => site.control.hostDown(HOST), {
      repair: () => site.control.hostUp(HOST),
    });
  });

  test("two of three etcd members are gone for good", async () => {
    const [LEFT = "", ...gone] = site.machines("etcd").map(({ name }) => name);
    const kill = () => Promise.all(gone.map((name) => site.control.killMachine(name)));
    // A write is acknowledged when a majority has it: one member alone may lack the last ones.
    await recovered("quorum", "alone", { LEFT, OTHERS: gone.join(" ") }, kill, { mayLose: 20 });
  });
});
