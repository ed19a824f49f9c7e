import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { discover } from "../../cli/discover/vcenter";
import { runPreflight } from "../../cli/preflight/command";
import { UnusableInput } from "../../site/description/unusableInput";
import { PRIVILEGES } from "../../site/judge/preflight/account";
import type { PreflightLine } from "../../site/judge/preflight/line";
import { Registry } from "../support/registry";
import { site } from "../support/sites";
import { Between } from "../support/vcenter/between";
import { TestLab } from "../support/vcenter/lab";

let lab: TestLab;
let folder: string;
beforeAll(async () => {
  lab = await TestLab.start();
  folder = mkdtempSync(join(tmpdir(), "groundwork-preflight-"));
});
afterAll(async () => {
  await lab?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

/** A site in the lab's datacenter, as its owner would describe it. */
function described(hypervisor: Record<string, unknown> = {}, systemDiskGiB = 24, kubernetes = {}) {
  const hosts = [1, 2, 3].map((n) => ({
    name: `esx-${n}`,
    cpus: 16,
    memoryGiB: 64,
    devices: ["a", "b"].map((x) => ({ id: `naa.5000c500${n}${x}`, media: "ssd" as const, datastore: `esx-${n}-${x}` })),
  }));
  const document = site(hosts, {
    etcd: { systemDiskGiB },
    loadBalancer: { kind: "haproxy", diskGiB: systemDiskGiB },
  }) as Record<string, unknown>;
  const server = lab.center.environment.VSPHERE_SERVER;
  document.kubernetes = { ...(document.kubernetes as object), ...kubernetes };
  document.hypervisor = { ...(document.hypervisor as object), server, allowUnverifiedSsl: true, ...hypervisor };
  const file = join(folder, "site.yaml");
  writeFileSync(file, stringify(document));
  return file;
}

const run = (file: string, env: Record<string, string> = {}) =>
  runPreflight(file, {}, { ...process.env, ...lab.center.environment, ...env });

async function refusals(file: string): Promise<string[]> {
  const lines = await run(file);
  return lines.filter(({ state }) => state === "refused").map(({ path, fact, fix }) => `${path}: ${fact}; ${fix}`);
}

describe("preflight against a vCenter's API", () => {
  test("a site that can be made has no refusal, and the evidence is read", async () => {
    const lines = await run(described());
    expect(lines.filter(({ state }) => state === "refused")).toEqual([]);
    const seen = lines.map(({ path, fact }) => `${path}: ${fact}`).join("\n");
    expect(seen).toContain("hosts[2].name: esx-3 is connected and in service");
    expect(seen).toMatch(/hypervisor\.network: VM Network \(\w+\) is on every host/);
    expect(seen).toMatch(/hosts\[0\]\.devices\[0\]\.datastore: esx-1-a \(VMFS\) has \d+ GiB free/i);
  });

  test("vCenter is asked at most 12 times more than discover asks it", async () => {
    let asked = 0;
    const between = await Between.start(lab.center.server, (_, answer) => {
      asked++;
      return answer;
    });
    try {
      await discover({ server: between.server, insecure: true }, { ...process.env, ...lab.center.environment });
      const discovering = asked;
      expect(discovering).toBeGreaterThan(2);
      asked = 0;
      await run(described({ server: between.server }));
      expect(asked).toBeGreaterThan(discovering);
      expect(asked - discovering).toBeLessThanOrEqual(12);
    } finally {
      await between.stop();
    }
  });

  test("a template that is larger than a system disk is told with both sizes (real-vcenter-07)", async () => {
    expect(await refusals(described({}, 10))).toEqual([
      expect.stringMatching(
        /^hypervisor\.template: its disk has 20 GiB, and etcd, load-balancer get 10 GiB; give them/,
      ),
    ]);
  });

  test("what the site's own registry has not is told, by name, before a pod waits for it", async () => {
    const registry = new Registry();
    await registry.start();
    try {
      const told = async (imageRepository: string) => {
        const file = described({}, 24, { version: "1.37.2", imageRepository });
        const env = { ...process.env, ...lab.center.environment, NODE_EXTRA_CA_CERTS: registry.authority };
        const command = ["cli/groundwork.cjs", "preflight", "--json", file];
        const { stdout } = await promisify(execFile)(process.execPath, command, { env });
        const { lines } = JSON.parse(stdout) as { lines: PreflightLine[] };
        return lines.filter(({ path }) => path === "kubernetes.imageRepository");
      };
      const own = registry.url.replace("https://", "");
      registry.lacks = "descheduler";
      expect(await told(`${own}/mirror`)).toEqual([
        {
          state: "caution",
          path: "kubernetes.imageRepository",
          fact: `${own} has no such image: ${own}/mirror/descheduler/descheduler:v0.36.0`,
          fix: expect.stringContaining("mirror what `npx groundwork images` lists"),
        },
      ]);
      registry.lacks = "nothing";
      expect(await told(`${own}/mirror`)).toEqual([
        { state: "ok", path: "kubernetes.imageRepository", fact: "it has all 9 images" },
      ]);
    } finally {
      await registry.stop();
    }
  });

  test("wrong names are one line each, all at once", async () => {
    const found = await refusals(described({ template: "no-such", network: "no-net" }));
    expect(found).toHaveLength(2);
    expect(found.join("\n")).toMatch(/hypervisor\.network: vCenter shows no network no-net/);
    expect(found.join("\n")).toMatch(/hypervisor\.template: vCenter shows no virtual machine or template no-such/);
    expect(await refusals(described({ cluster: "nowhere" }))).toEqual([expect.stringMatching(/no cluster nowhere/)]);
  });

  test("a machine of a planned name that no state knows is found", async () => {
    const { govc } = lab.center;
    await govc("vm.clone", "-vm", "groundwork-node", "-on=false", "-host", "esx-1", "-ds", "esx-1-a", "shop-etcd-a");
    try {
      expect(await refusals(described())).toEqual([
        expect.stringMatching(/^machines\.shop-etcd-a: vCenter has \/DC0\/vm\//),
      ]);
    } finally {
      await govc("vm.destroy", "shop-etcd-a");
    }
  });

  test("a cluster without DRS, a host in maintenance, a network that a host lacks and a missing privilege are told (real-vcenter-09, -10, -15)", async () => {
    const { control, govc } = lab.center;
    await govc("cluster.change", "-drs-enabled=false", "/DC0/host/C0");
    await govc("host.maintenance.enter", "esx-2");
    await control.setNetwork("esx-3", "VM Network", false);
    await control.setPrivilege("StorageProfile.View", false);
    const lines = await run(described());
    const told = lines.filter(({ state }) => state !== "ok").map(({ path, fact }) => `${path}: ${fact}`);
    expect(told.join("\n")).toMatch(/VSPHERE_USER: it lacks StorageProfile\.View on the root of the inventory/);
    expect(told.join("\n")).toMatch(/hypervisor\.cluster: DRS is off in C0/);
    expect(told.join("\n")).toMatch(/hosts\[1\]\.name: esx-2 is in maintenance mode/);
    expect(told.join("\n")).toMatch(/hypervisor\.network: .*esx-3/);
    await govc("cluster.change", "-drs-enabled=true", "/DC0/host/C0");
    await govc("host.maintenance.exit", "esx-2");
    await control.setNetwork("esx-3", "VM Network", true);
    await control.setPrivilege("StorageProfile.View", true);
    expect(await refusals(described())).toEqual([]);
  });

  test("each privilege that the account lacks is one refusal, which names it (real-vcenter-09)", async () => {
    const { control } = lab.center;
    const file = described();
    for (const privilege of Object.values(PRIVILEGES).flat()) {
      await control.setPrivilege(privilege, false);
      const found = await refusals(file);
      await control.setPrivilege(privilege, true);
      expect(found).toEqual([
        expect.stringMatching(`^VSPHERE_USER: it lacks ${privilege} on .+; add them to its role`),
      ]);
    }
    expect(await refusals(file)).toEqual([]);
  });

  test("a wrong password and no account are told as unusable", async () => {
    await expect(run(described(), { VSPHERE_PASSWORD: "wrong" })).rejects.toThrow(UnusableInput);
    await expect(run(described(), { VSPHERE_USER: "" })).rejects.toThrow("set VSPHERE_USER and VSPHERE_PASSWORD");
  });
});
