import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hostsYaml } from "../../cli/discover/command";
import { discover } from "../../cli/discover/vcenter";
import { hypervisorItems } from "../../cli/inventory/hypervisor";
import { Session } from "../../sdks/vcenter/session";
import { UnusableInput } from "../../site/description/unusableInput";
import { planned } from "../support/planning";
import { site } from "../support/sites";
import { TestLab } from "../support/vcenter/lab";

let lab: TestLab;
beforeAll(async () => {
  lab = await TestLab.start();
});
afterAll(async () => {
  await lab?.destroy();
});

const run = (env: Record<string, string> = {}, options = {}) =>
  discover({ insecure: true, ...options }, { ...lab.center.environment, ...env });

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(UnusableInput);
  return (error as UnusableInput).message;
}

describe("discover", () => {
  test("reads hosts, datastores and the disks below them, and they make a site", async () => {
    const { hosts } = parse(hostsYaml(await run()));
    expect(hosts.map((h: { name: string; cpus: number; memoryGiB: number }) => [h.name, h.cpus, h.memoryGiB])).toEqual([
      ["esx-1", 16, 64],
      ["esx-2", 16, 64],
      ["esx-3", 16, 64],
    ]);
    expect(hosts[0].devices[0]).toMatchObject({
      id: "naa.5000c5001a",
      media: "ssd",
      capacityGiB: 400,
      datastore: "esx-1-a",
    });
    expect(planned(site(hosts)).mandatory).toEqual([]);
  });

  test("keeps the chain from the datastore by its extent to the disk", async () => {
    const { hosts } = await run();
    const [evidence] = hosts[2]?.devices[1]?.evidence ?? [];
    expect(evidence).toMatchObject({
      datastore: "esx-3-b",
      type: "vmfs",
      hosts: ["esx-3"],
      extents: [{ disk: "naa.5000c5003b" }],
    });
    expect(evidence?.volume).toMatch(/^[-0-9a-f]+$/);
  });

  test("a wrong password, an unknown cluster, an untrusted certificate and an unreachable server are told", async () => {
    expect(await refusal(run({ VSPHERE_PASSWORD: "wrong" }))).toMatch(
      /^user: vCenter refuses .+; correct VSPHERE_USER and VSPHERE_PASSWORD$/,
    );
    expect(await refusal(run({}, { cluster: "nowhere" }))).toMatch(/: cluster nowhere has no host that .+; .+/);
    expect(await refusal(run({}, { insecure: false }))).toMatch(/: its certificate is not trusted \(.+\); pass --ca/);
    expect(await refusal(run({ VSPHERE_SERVER: "127.0.0.1:1" }))).toMatch(
      /: it cannot be reached \(ECONNREFUSED\); check/,
    );
    expect(await refusal(discover({}, {}))).toBe(
      "--server: no server is named; pass --server or set VSPHERE_SERVER\n--user: no user is named; pass --user or set VSPHERE_USER\nVSPHERE_PASSWORD: it is not set; put the password into the environment",
    );
  });
});

test("an inventory tells the versions of vCenter, of hosts and of their firmware (O3)", async () => {
  const { VSPHERE_SERVER: server, VSPHERE_USER: user, VSPHERE_PASSWORD: password } = lab.center.environment;
  const session = await Session.open({ server, user, password, insecure: true });
  try {
    const items = await hypervisorItems(session, { hosts: [{ name: "esx-2" }] as never });
    const [center, host, bios] = items;
    expect(center).toEqual({
      kind: "hypervisor",
      name: expect.stringContaining("vCenter"),
      version: expect.stringMatching(/^\d+\.\d+.* build-\d+/),
      where: "vCenter",
    });
    expect(host).toEqual({
      kind: "hypervisor",
      name: "VMware ESXi",
      version: expect.stringMatching(/^\d+\.\d+\.\d+ build \d+$/),
      where: "esx-2",
    });
    expect(bios).toMatchObject({ kind: "firmware", name: expect.stringMatching(/^BIOS of \S/), where: "esx-2" });
    expect(items.filter(({ where }) => /^esx-[13]/.test(where))).toEqual([]);
  } finally {
    await session.close();
  }
});
