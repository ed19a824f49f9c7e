import { describe, expect, test } from "vitest";
import { parseSite } from "../../../site/description/parse";
import type { VcenterFacts } from "../../../site/facts/vcenter";
import { planSite } from "../../../site/plan/plan";
import { site, threeHosts } from "../../support/sites";
import { told, vcenter } from "./facts";

const template = (change: Partial<VcenterFacts["templates"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.templates[0] as object, change);

describe("the template (real-vcenter-07, real-vcenter-13, F7)", () => {
  test.each([
    [{ disks: [{ sizeGiB: 40, controller: "scsi" as const }] }, /its disk has 40 GiB, and .*etcd.* get 10 GiB/],
    [{ disks: [{ sizeGiB: 8, controller: "nvme" as const }] }, /at a controller of kind nvme/],
    [{ disks: [{ sizeGiB: 8, controller: "sata" as const }] }, /at a controller of kind sata/],
    [{ disks: [] }, /it has no disk/],
    [
      {
        disks: [
          { sizeGiB: 8, controller: "scsi" as const },
          { sizeGiB: 8, controller: "scsi" as const },
        ],
      },
      /2 disks/,
    ],
    [{ poweredOn: true }, /it runs/],
    [
      { connection: "inaccessible" },
      /vCenter says it is inaccessible; bring its host or datastore back, .+hosts\[\]\.template/,
    ],
    [{ iso: "[esx-1-a] debian.iso" }, /\[esx-1-a\] debian\.iso is in its CD-ROM drive/],
  ])("%j is refused", (change, expected) => {
    const lines = told(template(change));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^refused hypervisor\.template: /);
    expect(lines[0]).toMatch(expected);
  });

  test.each([
    [{ vtpm: true }, /vTPM, which no clone of it gets/],
    [{ snapshots: true }, /snapshots/],
    [{ tools: false }, /no VMware tools/],
    [{ hardwareVersion: "vmx-11" }, /vmx-11/],
    [{ datastores: ["esx-1-a"] }, /lie on esx-1-a, which esx-2, esx-3 cannot see/],
  ])("%j is a caution", (change, expected) => {
    const lines = told(template(change));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^caution hypervisor\.template: /);
    expect(lines[0]).toMatch(expected);
  });

  test("none, or two of its name", () => {
    const one = vcenter().templates[0] as VcenterFacts["templates"][number];
    expect(told((facts) => facts.templates.pop())).toEqual([expect.stringMatching(/no virtual machine or template/)]);
    expect(told((facts) => facts.templates.push({ ...one, path: "/DC0/vm/old/groundwork-node" }))).toEqual([
      expect.stringMatching(/2 are called groundwork-node: .*\/DC0\/vm\/old\/groundwork-node/),
    ]);
  });
});

describe("copies of the template, on hosts that do not see the others' (real-vcenter-13)", () => {
  const hosts = threeHosts.map((host, i) => (i === 0 ? host : { ...host, template: `copy-${host.name}` }));
  const copied = planSite(parseSite(site(hosts)));
  const withCopies = (facts: VcenterFacts) => {
    const [one] = facts.templates as [VcenterFacts["templates"][number]];
    facts.templates = ["esx-1", "esx-2", "esx-3"].map((host) => {
      const name = host === "esx-1" ? one.name : `copy-${host}`;
      return { ...one, name, path: `/DC0/vm/${name}`, datastores: [`${host}-a`] };
    });
  };

  test("are looked at each, and each host sees its own", () => {
    expect(told(withCopies, [], copied)).toEqual([]);
  });

  test("one that is missing, cannot be cloned, or lies elsewhere is told at its host", () => {
    const change = (facts: VcenterFacts) => {
      withCopies(facts);
      facts.templates.pop();
      Object.assign(facts.templates[1] as object, { poweredOn: true, datastores: ["esx-1-a"] });
    };
    expect(told(change, [], copied)).toEqual([
      expect.stringMatching(/^refused hosts\[1\]\.template: it runs/),
      expect.stringMatching(
        /^refused hosts\[2\]\.template: vCenter shows no virtual machine or template copy-esx-3 .+`govc library\.deploy \/LIBRARY\/copy-esx-3 copy-esx-3`/,
      ),
      expect.stringMatching(
        /^caution hosts\[1\]\.template: its files lie on esx-1-a, which esx-2 cannot see; put it on/,
      ),
    ]);
  });
});
