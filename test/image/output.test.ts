import { DOMParser } from "@xmldom/xmldom";
import { describe, expect, it } from "vitest";
import { bom, debianParts, goParts } from "../../image/output/bom";
import { ovfDescriptor, ovfManifest } from "../../image/output/ovf";

describe("a bill of materials", () => {
  const status = [
    "Package: systemd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 252.39-1~deb12u1\nDepends: libc6",
    "Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1",
    "Package: chrony\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:4.3-2+deb12u1\nDescription: a\n b",
  ].join("\n\n");
  const told = [
    "/c/kubelet: go1.26.6",
    "\tpath\tk8s.io/kubernetes/cmd/kubelet",
    "\tmod\tgroundwork/kubernetes\t(devel)\t",
    "\tdep\tgithub.com/spf13/cobra\tv1.10.2\th1:abc=",
    "\tdep\tk8s.io/api\tv0.0.0",
    "\t=>\tk8s.io/api\tv0.37.2\th1:def=",
    "\tdep\texample.com/beside\tv0.0.0",
    "\t=>\t./stub\t(devel)\t",
    "\tbuild\t-trimpath=true",
  ].join("\n");

  it("names Debian's packages that are installed, and no other", () => {
    expect(debianParts(status, "debian-12").map(({ name, version, purl }) => [name, version, purl])).toEqual([
      ["systemd", "252.39-1~deb12u1", "pkg:deb/debian/systemd@252.39-1~deb12u1?arch=amd64&distro=debian-12"],
      ["chrony", "1:4.3-2+deb12u1", "pkg:deb/debian/chrony@1%3A4.3-2%2Bdeb12u1?arch=amd64&distro=debian-12"],
    ]);
  });

  it("names the modules that a program was built of, a replaced one by what took its place", () => {
    expect(goParts(told).map(({ purl }) => purl)).toEqual([
      "pkg:golang/github.com/spf13/cobra@v1.10.2",
      "pkg:golang/k8s.io/api@v0.37.2",
    ]);
  });

  it("is the same text in whatever order parts were found, each named once", () => {
    const image = { type: "operating-system", name: "node", version: "1", id: "0000" } as const;
    const parts = [...debianParts(status, "debian-12"), ...goParts(told), ...goParts(told)];
    const text = bom(image, parts);
    expect(bom(image, parts.toReversed())).toBe(text);
    const { bomFormat, specVersion, serialNumber, components } = JSON.parse(text);
    expect([bomFormat, specVersion, serialNumber]).toEqual(["CycloneDX", "1.6", "urn:uuid:0000"]);
    expect(components).toHaveLength(4);
    expect(new Set(components.map((part: { "bom-ref": string }) => part["bom-ref"])).size).toBe(4);
  });

  it("has a container image's digest", () => {
    const part = {
      type: "container" as const,
      name: "registry.k8s.io/pause",
      version: "3.10.2",
      digest: "sha256:ab12",
    };
    const [component] = JSON.parse(
      bom({ type: "operating-system", name: "node", version: "1", id: "0" }, [part]),
    ).components;
    expect(component.hashes).toEqual([{ alg: "SHA-256", content: "ab12" }]);
  });
});

describe("an OVF descriptor", () => {
  const disk = { name: "node", file: "node-disk1.vmdk", fileBytes: 77, capacityBytes: 3 * 2 ** 30, version: "1.37.2" };
  const text = ovfDescriptor({ ...disk, guest: "debian12_64Guest" });
  const document = new DOMParser().parseFromString(text, "text/xml");
  const all = (name: string) => [...document.getElementsByTagName(name)];

  it("names one disk by its file, its size and its capacity", () => {
    const [file, described] = [all("File")[0], all("Disk")[0]];
    expect([file?.getAttribute("ovf:href"), file?.getAttribute("ovf:size")]).toEqual(["node-disk1.vmdk", "77"]);
    expect(described?.getAttribute("ovf:capacity")).toBe(String(3 * 2 ** 30));
    expect(described?.getAttribute("ovf:fileRef")).toBe(file?.getAttribute("ovf:id"));
    expect(all("rasd:HostResource")[0]?.textContent).toBe(`ovf:/disk/${described?.getAttribute("ovf:diskId")}`);
  });

  it("has hardware that the image's kernel has drivers for, each part with a number of its own", () => {
    expect(all("rasd:ResourceSubType").map((node) => node.textContent)).toEqual(["VirtualSCSI", "VmxNet3"]);
    const ids = all("rasd:InstanceID").map((node) => node.textContent);
    expect(ids).toEqual(["1", "2", "3", "4", "5"]);
    expect(all("rasd:Parent").map((node) => node.textContent)).toEqual(["3"]);
  });

  it("has the fields of each part in the order that their schema asks for", () => {
    for (const item of all("Item")) {
      const names = [...item.childNodes].map(({ nodeName }) => nodeName).filter((name) => name.startsWith("rasd:"));
      expect(names).toEqual(names.toSorted());
    }
  });

  it("goes with a manifest as OVF has it", () => {
    expect(ovfManifest({ "a.ovf": "12", "b.vmdk": "34" })).toBe("SHA256(a.ovf)= 12\nSHA256(b.vmdk)= 34\n");
  });
});
