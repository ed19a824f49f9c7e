import { describe, expect, it } from "vitest";
import { hostItems } from "../../cli/inventory/hypervisor";
import { type Item, printed } from "../../cli/inventory/item";
import { machineItems } from "../../cli/inventory/machines";
import { type Element, parseXml } from "../../sdks/vcenter/xml";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe("what a machine answers", () => {
  const items = (...lines: string[][]) => machineItems("etcd-a", lines.map((line) => line.join("\t")).join("\n"));

  it("is read for versions, whatever stands around them", () => {
    const said = [
      ["software", "etcd", "etcd Version: 3.6.8"],
      ["software", "kubelet", "Kubernetes v1.36.3"],
      ["software", "HAProxy", "HAProxy version 2.6.12-1+deb12u2 2025/04/23 - https://haproxy.org/"],
      ["software", "keepalived", "Keepalived v2.2.7 (01/16,2022)"],
      [
        "software",
        "containerd",
        "containerd github.com/containerd/containerd/v2 v2.2.2 4ac6c20c7bbf8177f29e46bbdc658fec02ffb8ad",
      ],
      ["software", "OpenSSH", "OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17 1 Jul 2025"],
      ["software", "own", "a build of today"],
    ];
    expect(items(...said).map(({ version }) => version)).toEqual([
      "3.6.8",
      "1.36.3",
      "2.6.12-1+deb12u2",
      "2.2.7",
      "2.2.2",
      "9.2p1",
      "a build of today",
    ]);
  });

  it("names images by tag and digest, also of containers that name an id, and each once", () => {
    const name = "registry.k8s.io:5000/pause";
    const found = items(
      ["image", `${name}:3.10`, digest("a")],
      ["image", digest("c"), digest("a")],
      ["image", `${name}@${digest("a")}`, digest("a")],
      ["container", `${name}:3.10`],
      ["container", digest("c")],
      ["container", `${name}@${digest("b")}`],
    );
    expect(found).toEqual([
      { kind: "image", name, version: "3.10", digest: digest("a"), where: "etcd-a" },
      { kind: "image", name, version: "no tag", where: "etcd-a" },
    ]);
  });
});

it("two versions of one thing are two lines", () => {
  const kubelet = (where: string, version: string): Item => ({ kind: "software", name: "kubelet", version, where });
  const many = ["a", "b", "c", "d", "e"].map((letter) => kubelet(`worker-${letter}`, "1.36.3"));
  expect(printed([kubelet("worker-f", "1.35.4"), ...many])).toBe(
    [
      "KIND      NAME     VERSION  WHERE                DIGEST",
      "software  kubelet  1.35.4   worker-f",
      "software  kubelet  1.36.3   worker-a and 4 more",
    ].join("\n"),
  );
});

describe("a host", () => {
  const said = (name: string, xml: string): [string, Element] => [name, parseXml(`<val>${xml}</val>`) as Element];
  const disk = (canonicalName: string, vendor: string, model: string, revision: string) =>
    `<ScsiLun><canonicalName>${canonicalName}</canonicalName><vendor>${vendor}</vendor><model>${model}</model><revision>${revision}</revision></ScsiLun>`;

  it("tells its hypervisor, its BIOS and the firmware of its disks", () => {
    const properties = new Map([
      said("name", "esx-1"),
      said("summary.config.product", "<name>VMware ESXi</name><version>8.0.3</version><build>24022510</build>"),
      said("hardware.systemInfo", "<vendor>Dell Inc.</vendor><model>PowerEdge R660</model>"),
      said("hardware.biosInfo", "<biosVersion>2.4.4</biosVersion><releaseDate>2025-01-17T00:00:00Z</releaseDate>"),
      said(
        "config.storageDevice.scsiLun",
        disk("naa.5000c500a1", "ATA     ", "SAMSUNG MZ7L3480", "HXT7404Q") +
          disk("naa.5000c500a2", "SEAGATE ", "ST1200MM", "    "),
      ),
    ]);
    expect(hostItems({ type: "HostSystem", id: "host-1", properties })).toEqual([
      { kind: "hypervisor", name: "VMware ESXi", version: "8.0.3 build 24022510", where: "esx-1" },
      { kind: "firmware", name: "BIOS of Dell Inc. PowerEdge R660", version: "2.4.4 2025-01-17", where: "esx-1" },
      { kind: "firmware", name: "ATA SAMSUNG MZ7L3480", version: "HXT7404Q", where: "esx-1 naa.5000c500a1" },
    ]);
  });

  it("that is not connected tells its name, and nothing made up", () => {
    expect(hostItems({ type: "HostSystem", id: "host-1", properties: new Map([said("name", "esx-1")]) })).toEqual([]);
  });
});
