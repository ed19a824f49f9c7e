import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

describe("sizes and names that cannot be", () => {
  test.each<[string, Partial<SiteInput>, string]>([
    [
      "a worker without a disk to speak of",
      { workers: [{ name: "general", count: 1, cpus: 1, memoryGiB: 4, diskGiB: 0.01 }] },
      "workers[0].diskGiB: a worker with a smaller disk than 8 GiB does not boot; use at least 8",
    ],
    [
      "a control plane that kubeadm refuses",
      { controlPlanes: { memoryGiB: 1 } },
      "controlPlanes.memoryGiB: a control plane with less memory than 1.6 GiB does not boot; use at least 1.6",
    ],
    [
      "a store larger than its disk",
      { etcd: { quotaGiB: 8, diskGiB: 8 } },
      "etcd.quotaGiB: a disk of 8 GiB does not hold 8 GiB twice, as a defragmentation needs, and the log; use at least 17 for etcd.diskGiB, or a smaller quota",
    ],
    [
      "two devices that are one",
      {
        hosts: [
          host("esx-1", {
            devices: [
              { id: "naa.5A", datastore: "a" },
              { id: "NAA.5a", datastore: "b" },
            ],
          }),
        ],
      },
      "hosts[0].devices[1].id: device NAA.5a is already named at hosts[0].devices[0].id, as naa.5A: only letters' case differs; list a device once; storage that several hosts see belongs in sharedStorage",
    ],
  ])("%s", (_, more, line) => {
    expect(refusal(site(threeHosts, more))).toEqual([line]);
  });

  test("F10: names as vCenter shows them", () => {
    const named = (network: string) =>
      refusal(site(threeHosts, { hypervisor: { ...site([]).hypervisor, network } as SiteInput["hypervisor"] }));
    for (const name of ["VLAN 120%2f121", "B\u00fcro & Lager [120]", "it's", '"a"', "\u540d\u524d", "$(x) `y` ; z"])
      expect(named(name)).toEqual([]);
    for (const name of ["", " a", "a ", "a\nb", "a\u0000b", "a\u202eb", "a\u001b[2J"])
      expect(named(name)).not.toEqual([]);
  });
});
