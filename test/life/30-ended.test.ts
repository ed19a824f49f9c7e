import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { ClockJump, processesOf } from "../../lab/rehearsal/clock";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic } from "../../lab/traffic";
import { endCertificates, ofOneMachineEach } from "../support/lab/ended";
import { treeOf } from "../support/lab/processes";
import { attempt, demo, type Ended, labName, RunningSite, until } from "../support/lab/site";

// Two bad days: certificates have ended, and a clock is an hour off.

const folder = mkdtempSync(join(tmpdir(), "groundwork-ended-"));
const hour = 3600;
let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What this site has in `pki` now. */
const pki = () => parse(readFileSync(site.stack.configFile ?? "", "utf8")).config["groundwork:site"].pki ?? {};

/** The demo's stack file with that, and more. */
function stackWith(name: string, more: object = {}): string {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  document.setIn(["config", "groundwork:site", "pki"], { ...pki(), ...more });
  const file = join(folder, `Pulumi.${name}.yaml`);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  return file;
}

/** What `groundwork certificates --within 0` says. */
function ended(): Promise<Ended> {
  const args = ["cli/groundwork.cjs", "certificates", "--stack", labName, "--within", "0"];
  return attempt("node", args, { env: site.environment });
}

/** An `up` on a computer whose clock is an hour ahead. */
async function upAhead(stack: string): Promise<Ended> {
  const args = ["lab/bootstrap.cjs", "lab/demo.ts", "--name", labName, "--stack", stack];
  const child = spawn("node", args, { cwd: repository });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const closed = once(child, "close");
  const jump = ClockJump.start(() => treeOf(child.pid as number).map(({ pid }) => pid), hour);
  const [code] = (await closed) as [number | null];
  await jump.mend();
  const text = Buffer.concat(said).toString("utf8");
  return { code: code ?? 137, stdout: text, stderr: "", text };
}

async function clockAhead(machine: string): Promise<ClockJump> {
  const id = await site.run("docker", ["inspect", "--format", "{{.Id}}", site.container(machine)]);
  return ClockJump.start(() => processesOf(id.trim()), hour);
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

describe("certificates of one member, one API server and one kubelet have ended", () => {
  test("nothing stops for clients, they are named, and `up` renews them; a machine's clock that is off is told", async () => {
    const traffic = await Traffic.start(site.paths.kubeconfig);
    const chosen = ofOneMachineEach(site);
    await endCertificates(site, chosen);
    const [worker, member] = [site.machines("worker").at(-1)?.name, site.machines("etcd").at(-1)?.name];
    await until("the node is not Ready any more", 120, async () =>
      (await site.kubectl("get", "node", worker ?? "", "--no-headers")).includes("NotReady") ? true : undefined,
    );
    const { code, text } = await ended();
    expect(code).toBe(1);
    const named = [...text.matchAll(/^(\S+): ended on \S+; run `pulumi up`, which issues and installs a new one$/gm)];
    expect(named.map(([, id]) => id).filter((id) => chosen({ id } as never))).toHaveLength(5);

    const other = site.machines("etcd")[0]?.name ?? "";
    const jump = await clockAhead(other);
    const begun = Date.now();
    const first = await demo("--stack", stackWith("same"));
    expect(first.text).toMatch(
      new RegExp(`${other}: clock is 3[56]\\d\\d s ahead of the other machines'; see \`chronyc tracking\` there`),
    );
    expect(first.code).toBe(1);
    await jump.mend();
    const second = await demo("--stack", stackWith("same"));
    expect(second.code, second.text).toBe(0);
    const took = seconds(begun);
    await site.healthy();
    expect((await ended()).code).toBe(0);
    const { acknowledged, perSecond, longestWriteGap, lost } = await traffic.stop();
    console.log(
      `${member} and others, ended: whole after ${took} s and two \`up\`s; ${acknowledged} writes, ${perSecond} a second, ` +
        `longest gap ${longestWriteGap} ms, ${lost.length} lost`,
    );
    expect(lost).toEqual([]);
    expect(longestWriteGap).toBeLessThanOrEqual(10_000);
    expect(await site.etcdHashes()).toHaveLength(1);
  });
});

describe("all certificates have ended", () => {
  let kept: string;

  test("nothing answers any more, and each is named", async () => {
    kept = (await site.kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")).trim();
    await endCertificates(site, () => true);
    await until("the API does not answer", 120, async () =>
      (await site.attempt("kubectl", ["--request-timeout=3s", "get", "nodes"])).code === 0 ? undefined : true,
    );
    const { code, text } = await ended();
    expect(code).toBe(1);
    expect(text.match(/: ended on /g)?.length).toBeGreaterThan(25);
  });

  test("an `up` on a computer whose clock is an hour ahead is stopped by the first machine, and says what to do", async () => {
    const { code, text } = await upAhead(stackWith("same"));
    expect(code).toBe(1);
    const first = site.machines("etcd")[0]?.name;
    expect(text).toMatch(
      new RegExp(
        `${first}: the clock is 3[56]\\d\\d s behind that of the computer that made its certificates; set the one`,
      ),
    );
    expect(text).toContain("run `pulumi up` with another pki.certificateHours, which renews them");
    expect(text).not.toContain(`${site.machines("etcd")[1]?.name}: the clock`);
  });

  test("that mends it, without a quorum to start from (S2)", async () => {
    const begun = Date.now();
    const certificateHours = (pki().certificateHours ?? 8760) - 1;
    const { code, text } = await demo("--stack", stackWith("renewed", { certificateHours }));
    expect(code, text).toBe(0);
    console.log(`all certificates ended: the site is whole ${seconds(begun)} s after \`up\` began`);
    await until("healthy", 60, () => site.healthy().then(() => true));
    expect((await ended()).code).toBe(0);
    expect((await site.kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}")).trim()).toBe(kept);
    expect(await site.etcdHashes()).toHaveLength(1);
  });
});
