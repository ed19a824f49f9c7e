import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureStack } from "../../cli/stack/emptyStack";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic } from "../../lab/traffic";
import { upArguments } from "../../lab/up";
import type { DrillRecord } from "../../site/life/drill";
import { killAll, treeOf } from "../support/lab/processes";
import { demo, labIsKept, labName, RunningSite, until } from "../support/lab/site";
import { type BackedUp, backedUp, groundwork, newIdentity } from "./backedUp";

// D2: a restore is drilled beside the site that lives, which is only read.

const folder = mkdtempSync(join(tmpdir(), "groundwork-drill-"));
const file = join(folder, `${labName}.json`);
const state = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state"), "groundwork/drills");
/** A secret that is in the backup; another one each time. */
const kept = `drilled-${Date.now()}`;
let site: RunningSite;
let backups: BackedUp;
let place: string[];

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  backups = await backedUp(site);
  const subnet = site.plan.spec.network.gateway.replace(/\.\d+$/, "");
  place = ["--machines", `${subnet}.110-${subnet}.149`, "--api-vip", `${subnet}.105`, "--record", file];
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

const record = () => JSON.parse(readFileSync(file, "utf8")) as DrillRecord;
const drilled = (...more: string[]) => groundwork(site, "drill", ...place, "--identity", backups.identity, ...more);

/** What there is of a drill: machines and rules in vCenter, stacks, and files on this machine. */
async function left(): Promise<string[]> {
  const own = new Set(site.machines().map(({ name }) => name));
  const machines = (await site.run("govc", ["find", "/", "-type", "m"]))
    .split("\n")
    .map((path) => path.split("/").at(-1));
  const groups = (await site.run("govc", ["cluster.group.ls", "-cluster", "C0"])).split("\n");
  const stacks = JSON.parse(await site.run("pulumi", ["stack", "ls", "--json"])) as { name: string }[];
  return [
    ...machines.filter((name): name is string => name !== undefined && /-drill-/.test(name) && !own.has(name)),
    ...groups.filter((name) => name.includes("-drill-")),
    ...stacks.map(({ name }) => name).filter((name) => name !== labName),
    ...(existsSync(state) ? readdirSync(state).filter((name) => name.startsWith(`${labName}-drill`)) : []),
  ];
}

/** That OpenSSH's own program finds the record signed by the login on the site's machines. */
async function verified(): Promise<void> {
  const signers = join(folder, "signers");
  await site.run("bash", ["-c", `printf 'site %s\\n' "$(ssh-keygen -y -f ${site.paths.sshKey})" > ${signers}`]);
  const verify = `ssh-keygen -Y verify -n groundwork-drill -I site -f ${signers} -s ${file}.sig < ${file}`;
  console.log((await site.run("bash", ["-c", verify])).trim());
}

/** What the policy says of the record, in a preview of the living site. */
async function judged(): Promise<string[]> {
  const config = join(folder, "policies.json");
  writeFileSync(config, JSON.stringify({ settings: { drill: { folder } } }));
  const pack = upArguments.slice(upArguments.indexOf("--policy-pack"));
  const { code, stdout, stderr } = await site.pulumi("preview", ...pack, "--policy-pack-config", config);
  expect(code, stdout + stderr).toBe(0);
  return [...stdout.matchAll(/^ +drill: (.*)$/gm)].map(([, said = ""]) => said);
}

/** Begins a drill and kills all of it with no warning once it has said something, or once something is true. */
async function killedAfter(moment: RegExp | (() => Promise<boolean>)): Promise<void> {
  const stack = ["--stack", labName, "--config-file", site.stack.configFile ?? ""];
  const args = ["cli/groundwork.cjs", "drill", ...stack, ...place, "--identity", backups.identity];
  const env = { ...process.env, ...site.environment };
  const child = spawn("node", args, { cwd: repository, env, stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const come = () => (moment instanceof RegExp ? Promise.resolve(moment.test(said)) : moment());
  await until("the moment to kill it", 240, async () => ((await come()) ? true : undefined));
  await killAll(treeOf(child.pid ?? 0));
  expect((await left()).length).toBeGreaterThan(3);
}

describe("a drill (D2)", () => {
  test("that is killed while it makes machines leaves only what the next one takes away", async () => {
    expect(await judged()).toEqual([expect.stringContaining("no drill of a restore is on record")]);
    await site.run("kubectl", ["create", "secret", "generic", kept, "--from-literal=password=kept"]);
    const made = await groundwork(site, "backup");
    expect(made.code, made.text).toBe(0);
    await killedAfter(async () => (await left()).length > 3);
  });

  test("restores the newest backup beside the living site, compares both, and leaves a signed record and nothing else", async () => {
    const before = await site.exported();
    const traffic = await Traffic.start(site.paths.kubeconfig);
    const { code, text } = await drilled();
    const { acknowledged, lost, longestWriteGap } = await traffic.stop();
    console.log(text.trim());
    console.log(`the living site: ${acknowledged} writes, ${lost.length} lost, longest gap ${longestWriteGap} ms`);
    expect(code, text).toBe(0);
    expect(text).toContain(`${labName}-drill: taking everything away`);
    const { passed, objects, rpoSeconds = 0, rtoSeconds = 0, afterMachinesSeconds = 0 } = record();
    expect(passed).toBe(true);
    expect(objects).toMatchObject({ missing: [], different: [] });
    expect(objects?.same).toBeGreaterThan(200);
    expect(rpoSeconds).toBeLessThan(120);
    expect(rtoSeconds).toBeGreaterThan(afterMachinesSeconds);
    expect(afterMachinesSeconds).toBeLessThanOrEqual(180);
    expect(lost).toEqual([]);
    expect(await site.exported()).toEqual(before);
    expect(await left()).toEqual([]);
    await site.healthy();
    await verified();
    expect(await judged()).toEqual([]);
    await site.run("kubectl", ["delete", "secret", kept]);
  });

  test("whose record was changed is a finding", async () => {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"passed": true', '"passed":  true'));
    expect(await judged()).toEqual([expect.stringContaining("is not one that a key of the site has signed")]);
    writeFileSync(file, text);
    expect(await judged()).toEqual([]);
  });

  test("that fails says why, leaves nothing, and is a finding", async () => {
    const other = join(folder, "other");
    writeFileSync(other, `${await newIdentity()}\n`);
    const { code, text } = await groundwork(site, "drill", ...place, "--identity", other);
    expect(code).toBe(1);
    expect(text).toMatch(/drill: it failed: --identity: it is not one of those that \S+ was encrypted to/);
    expect(record().passed).toBe(false);
    expect(await left()).toEqual([]);
    expect(await judged()).toEqual([expect.stringMatching(/the drill of \S+ failed: --identity: it is not one/)]);
  });

  test("on addresses of the living site is refused", async () => {
    const [{ name, address } = { name: "", address: "" }] = site.machines();
    const { code, text } = await drilled("--machines", `${address}-${address.replace(/\d+$/, "99")}`);
    expect(code).toBe(1);
    expect(text).toContain(`--machines: ${address} is ${name}'s; give addresses that nobody has`);
  });

  test("that is killed after its machines got their data is taken away by --clean", async () => {
    await killedAfter(/every member of etcd has the snapshot/);
    const begun = Date.now();
    const { code, text } = await groundwork(site, "drill", "--clean");
    expect(code, text).toBe(0);
    console.log(`--clean after a kill: ${Math.round((Date.now() - begun) / 1000)} s`);
    expect(await left()).toEqual([]);
    await site.healthy();
  });

  test("does not take away a site that has a drill's name", async () => {
    const stack = `${labName}-drill`;
    const urn = `urn:pulumi:${stack}::groundwork::groundwork:index:Site::shop`;
    const resources = [{ urn, type: "groundwork:index:Site", custom: false }];
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify({ version: 3, deployment: { resources } }));
    const configFile = join(folder, `Pulumi.${stack}.yaml`);
    copyFileSync(site.stack.configFile ?? "", configFile);
    await ensureStack({ ...site.stack, stack, configFile });
    await site.run("pulumi", ["stack", "import", "--stack", stack, "--file", state]);
    const { code, text } = await drilled();
    expect(code).toBe(1);
    expect(text).toContain(`${stack}: it holds the site shop, which is no drill of ${site.plan.site}; give that stack`);
    await site.run("pulumi", ["stack", "rm", stack, "--yes", "--force"]);
  });
});
