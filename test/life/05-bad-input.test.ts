import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { type PulumiResult, pulumi } from "../../cli/stack/pulumi";
import { repository } from "../../lab/toolchain/artifact";
import { demo, type Ended, RunningSite, until } from "../support/lab/site";

// A mistake gets one clear error that names the place and the fix, without a stack trace, and nothing is lost.

type Path = (string | number)[];
type Edit = [path: Path, value: unknown];

const site = ["config", "groundwork:site"];
const folder = mkdtempSync(join(tmpdir(), "groundwork-bad-input-"));
let running: RunningSite;

beforeAll(async () => {
  running = await RunningSite.open();
  await until("the site is healthy", 240, () => running.healthy().then(() => true));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A copy of a stack file with other values. */
function edited(source: string, ...edits: Edit[]): string {
  const document = parseDocument(readFileSync(source, "utf8"));
  for (const [path, value] of edits) document.setIn([...site, ...path], value);
  const file = join(folder, `Pulumi.edited-${++files}.yaml`);
  writeFileSync(file, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  return file;
}

/** A preview of the running site with other settings. */
function preview(edits: Edit[], env: Record<string, string> = {}): Promise<PulumiResult> {
  const { stack } = running;
  const configFile = edited(stack.configFile ?? "", ...edits);
  return pulumi({ ...stack, configFile, env: { ...stack.env, ...env } }, ["preview"]);
}

/** Nothing that only a programmer understands. */
function expectPlain(text: string): void {
  expect(text).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(text).not.toMatch(/unhandled|goroutine|panic:|<ref \*|soap|ServerFaultCode|error serializing/i);
}

/** Lines of a failed run that tell a mistake; cautions are told as warnings. */
function mistakes({ stdout, stderr }: PulumiResult): string[] {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.replace(/^\s*(error: )?/, ""));
  return [...new Set(lines.filter((line) => /^(?!warning: )[\w.[\]-]+: .+; .+/.test(line)))];
}

// Previews touch nothing: they run side by side.
describe.concurrent("a mistake in the site's description", () => {
  const cases: { name: string; edits: Edit[]; told: RegExp[] }[] = [
    { name: "a wrong type", edits: [[["etcd", "members"], "three"]], told: [/^etcd\.members: "three" .+; /] },
    {
      name: "an unknown key",
      edits: [[["network", "apiVipp"], "10.42.9.5"]],
      told: [/^network\.apiVipp: no such setting; did you mean apiVip\?/],
    },
    {
      name: "overlapping addresses",
      edits: [[["network", "podCidr"], "10.42.0.0/16"]],
      told: [/^network\.\w+: .*10\.42\..*; /],
    },
    {
      name: "a VIP outside the network",
      edits: [[["network", "apiVip"], "192.0.2.5"]],
      told: [/^network\.apiVip: .*192\.0\.2\.5.*; /],
    },
    { name: "an even member count", edits: [[["etcd", "members"], 4]], told: [/^etcd\.members: 4 .+; use 3 or 5/] },
    {
      name: "a device named twice",
      edits: [[["hosts", 1, "devices", 0, "id"], "naa.5000c500a0000011"]],
      told: [/^hosts\[1\]\.devices\[0\].*: .*naa\.5000c500a0000011.*; /],
    },
  ];
  test.each(cases)("$name is told with its place and its fix", async ({ edits, told }) => {
    const result = await preview(edits);
    expect(result.code).not.toBe(0);
    expectPlain(result.stdout + result.stderr);
    const lines = mistakes(result);
    expect(lines).toEqual(told.map((pattern) => expect.stringMatching(pattern)));
  });

  test("is told together with all others", async () => {
    const result = await preview([
      [["hosts", 1, "devices", 0, "id"], "naa.5000c500a0000011"],
      [["network", "apiVip"], "192.0.2.5"],
    ]);
    const places = mistakes(result).map((line) => line.split(":")[0]);
    expect(places.sort()).toEqual(["hosts[1].devices[0].id", "network.apiVip"]);
  });
});

describe.concurrent("what vCenter does not have or not let in (R9)", () => {
  test("a template that does not exist", async () => {
    const result = await preview([[["hypervisor", "template"], "no-such-template"]]);
    expect(result.code).not.toBe(0);
    expectPlain(result.stdout + result.stderr);
    expect(mistakes(result)).toEqual([
      expect.stringMatching(
        /^hypervisor\.template: template no-such-template not found in DC0 of .+; correct its name/,
      ),
    ]);
  });

  test("several names that do not exist are told at once", async () => {
    const result = await preview([
      [["hypervisor", "network"], "No Network"],
      [["hypervisor", "cluster"], "C9"],
    ]);
    expectPlain(result.stdout + result.stderr);
    expect(
      mistakes(result)
        .map((line) => line.split(":")[0])
        .sort(),
    ).toEqual(["hypervisor.cluster", "hypervisor.network"]);
  });

  test("a device that no datastore lies on, where no machine is to be made", async () => {
    const result = await preview([[["hosts", 1, "devices", 0, "id"], "naa.5000c500dead0021"]]);
    expect(result.code).not.toBe(0);
    expectPlain(result.stdout + result.stderr);
    expect(mistakes(result)).toEqual([
      expect.stringMatching(
        /^hosts\[1\]\.devices\[0\]\.id: \S+ lies on (naa\.\w+), not on naa\.5000c500dead0021; write id: \1$/,
      ),
    ]);
  });

  test("a wrong password", async () => {
    const result = await preview([], { VSPHERE_PASSWORD: "wrong" });
    expect(result.code).not.toBe(0);
    expectPlain(result.stdout + result.stderr);
    expect(mistakes(result)).toEqual([
      expect.stringMatching(
        /^hypervisor\.server: .+ refuses this user and password; set VSPHERE_USER and VSPHERE_PASS/,
      ),
    ]);
    expect(result.stdout + result.stderr).not.toContain(running.datacenter.password);
  });
});

describe("a machine that cannot be configured", () => {
  let pods = 100;

  /** An `up` that has to configure every node. */
  const change = (): Promise<Ended> =>
    demo(
      "--stack",
      edited(join(repository, "stacks/Pulumi.demo.yaml"), [["kubernetes", "kubelet", "maxPods"], ++pods]),
    );

  async function expectMended(): Promise<void> {
    const stack = edited(join(repository, "stacks/Pulumi.demo.yaml"), [["kubernetes", "kubelet", "maxPods"], pods]);
    const { code, text } = await demo("--stack", stack);
    expect(code, text).toBe(0);
    await running.healthy();
    const { items } = await running.kubectlJson<{ items: { status: { capacity: { pods: string } } }[] }>(
      "get",
      "nodes",
    );
    expect(new Set(items.map(({ status }) => status.capacity.pods))).toEqual(new Set([`${pods}`]));
  }

  let before: string[];
  beforeAll(async () => {
    before = await urns();
  });
  afterEach(async () => expect(await urns()).toEqual(before));

  test("a changed host key stops the run with both fingerprints (S4)", async () => {
    const name = running.machines("worker").at(-1)?.name ?? "";
    const key = "/etc/ssh/ssh_host_ed25519_key";
    const fingerprint = async () =>
      (await inGuest(name, `ssh-keygen -l -f ${key}.pub`)).split(" ").find((word) => word.startsWith("SHA256:")) ?? "?";
    const expected = await fingerprint();
    await inGuest(name, `cp -a ${key} ${key}.kept; cp -a ${key}.pub ${key}.pub.kept; rm ${key} ${key}.pub`);
    await inGuest(name, `ssh-keygen -q -t ed25519 -N '' -f ${key}; systemctl restart ssh`);
    try {
      const seen = await fingerprint();
      expect(seen).not.toBe(expected);
      const { code, text } = await change();
      expect(code).not.toBe(0);
      expectPlain(text);
      const line = text.split("\n").find((each) => each.includes("host key is"));
      expect(line).toContain(running.machine(name).address);
      expect(line).toContain(expected);
      expect(line).toContain(seen);
    } finally {
      await inGuest(name, `mv ${key}.kept ${key}; mv ${key}.pub.kept ${key}.pub; systemctl restart ssh`);
    }
    await expectMended();
  });

  test("an unreachable one is named after a bounded time", async () => {
    const name = running.machines("worker").at(-1)?.name ?? "";
    await running.control.pauseMachine(name);
    const since = Date.now();
    try {
      const { code, text } = await change();
      expect(code).not.toBe(0);
      expectPlain(text);
      expect(text).toMatch(
        new RegExp(`${running.machine(name).address}:22: no SSH connection after \\d+ attempts: .+; see`),
      );
      expect(text).toContain(`(${name})`);
      expect((Date.now() - since) / 1000).toBeLessThan(420);
    } finally {
      await running.control.resumeMachine(name);
    }
    await until("the site is healthy", 120, () => running.healthy().then(() => true));
    await expectMended();
  });

  test("a full disk is told with what to do", async () => {
    const name = controlPlaneOnItsOwnDevice();
    await running.control.fillMachine(name);
    try {
      const { code, text } = await change();
      expect(code).not.toBe(0);
      expectPlain(text);
      expect(text).toMatch(
        new RegExp(`^\\s*${name}: the disk with /\\S+ has only \\d+ MiB left; free some space or give`, "m"),
      );
    } finally {
      await running.control.drainMachine(name);
    }
    await expectMended();
  });
});

/** What fills its device must not take the space of an etcd member's data, nor the kubelets' of workers. */
function controlPlaneOnItsOwnDevice(): string {
  const taken = running.machines("etcd", "worker").flatMap(({ disks }) => disks.map((disk) => disk.device));
  const found = running
    .machines("control-plane")
    .find(({ disks }) => disks.every((disk) => !taken.includes(disk.device)));
  return found?.name ?? running.machines("control-plane")[0]?.name ?? "";
}

/** As somebody who stands before the machine. */
function inGuest(name: string, script: string): Promise<string> {
  return running.run("docker", ["exec", running.container(name), "bash", "-euc", script]);
}

async function urns(): Promise<string[]> {
  return (await running.exported()).map(({ urn }) => urn).sort();
}
