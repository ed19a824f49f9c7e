import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certManager, traefik } from "../../image/programs/exchanged";
import { metalLb } from "../../image/programs/metalLb";
import {
  cni,
  containerd,
  coredns,
  descheduler,
  etcd,
  etcdBefore,
  kubeRouter,
  kubernetes,
  kubernetesBefore,
  kustomizeController,
  localPathProvisioner,
  metricsServer,
  sourceController,
} from "../../image/programs/upstream";
import { recordedVersions } from "../../lab/recordedState";
import { repository } from "../../lab/toolchain/artifact";
import { pulumiVersion } from "../../lab/toolchain/engine";
import { vcenter } from "../../lab/toolchain/vcenter";
import { vsphereVersion } from "../../lab/toolchain/vsphere";
import { dependencies, devDependencies, engines, version } from "../../package.json";
import { ETCD_MINORS, GATEWAY_API, SUPPORTED_MINORS } from "../../site/description/versions";

const text = (path: string) => readFileSync(join(repository, path), "utf8");

/** The rows of the last table of docs/compatibility.md: what is supported and tested, by the first column. */
const rows = new Map(
  (text("docs/compatibility.md").split("| | supported | tested |")[1] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, what = "", supported = "", tested = ""]) => [what, { supported, tested }]),
);
const minor = (of: string) => of.split(".").slice(0, 2).join(".");
const versions = (cell = "") => cell.match(/\d+\.\d+(\.\d+)?/g) ?? [];

describe("docs/compatibility.md", () => {
  it.each([
    ["Kubernetes", [kubernetes.version, kubernetesBefore.version]],
    ["etcd", [etcd.version, etcdBefore.version]],
    ["containerd", [containerd.version]],
    ["CoreDNS, metrics-server, descheduler", [coredns.version, metricsServer.version, descheduler.version]],
    ["CNI plugins", [cni.version]],
    ["kube-router", [kubeRouter.version]],
    ["MetalLB", [metalLb.version]],
    ["local-path-provisioner", [localPathProvisioner.version]],
    ["source-controller, kustomize-controller", [sourceController.version, kustomizeController.version]],
    ["Traefik, cert-manager, Gateway API", [traefik.version, certManager.version, GATEWAY_API]],
    ["vCenter and ESXi", [vcenter.version]],
    ["Pulumi's CLI and engine", [pulumiVersion]],
    [
      "`@pulumi/pulumi`, `@pulumi/policy`",
      [dependencies["@pulumi/pulumi"], { ...dependencies, ...devDependencies }["@pulumi/policy"]],
    ],
  ])("says with which version of %s the tests run", (what, used) => {
    expect(versions(rows.get(what)?.tested)).toEqual(used);
  });

  it.each([
    ["Kubernetes", SUPPORTED_MINORS],
    ["etcd", ETCD_MINORS],
    ["CNI plugins", [minor(cni.version)]],
  ])("supports the minor versions of %s that the program knows, and no other", (what, known) => {
    expect(versions(rows.get(what)?.supported)).toEqual(known);
  });

  it("names the plugins that the program asks for", () => {
    expect(versions(rows.get("plugin vsphere")?.supported)).toEqual([vsphereVersion]);
    for (const name of ["command", "tls", "kubernetes"] as const)
      expect(versions(rows.get(`plugin ${name}`)?.supported), name).toEqual([dependencies[`@pulumi/${name}`]]);
  });

  it("asks for the Node.js that package.json asks for", () => {
    expect(`>=${versions(rows.get("Node.js")?.supported)[0]}`).toBe(engines.node);
  });
});

describe("CHANGELOG.md", () => {
  const released = [...text("CHANGELOG.md").matchAll(/^## (.+)$/gm)].map(([, title]) => title);

  it("begins with what is not released yet, and has each version once, the newest first", () => {
    expect(released[0]).toBe("Unreleased");
    const numbers = released.slice(1).map((title) => String(title));
    expect(numbers).toContain(version);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b.localeCompare(a, "en", { numeric: true })));
  });

  it("has every version whose state is recorded, and every version's state is recorded", () => {
    expect(released.slice(1).reverse()).toEqual(recordedVersions());
  });
});
