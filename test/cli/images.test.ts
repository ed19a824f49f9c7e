import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listing, listImages } from "../../cli/images/command";
import { parseSite } from "../../site/description/parse";
import type { PodNetwork, SiteInput } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { addonImages } from "../../site/description/versions";
import { planSite } from "../../site/plan/plan";
import { imagesOf } from "../../site/render/images";
import { machineFiles } from "../../site/render/machine";
import { DIGEST, OWN_ADDRESS, Registry } from "../support/registry";
import { site, threeHosts } from "../support/sites";

let registry: Registry;
let podNetwork: Extract<PodNetwork, { kind: "manifest" }>;
beforeAll(async () => {
  registry = new Registry();
  await registry.start();
  podNetwork = {
    kind: "manifest",
    url: `${registry.url}/manifest.yaml`,
    sha256: createHash("sha256").update(registry.manifest).digest("hex"),
    enforcesNetworkPolicy: false,
  };
});
afterAll(() => registry.stop());

const described = (more: Partial<SiteInput["kubernetes"]> = {}) =>
  site(threeHosts, { kubernetes: { version: "1.36.3", ...more } });

function written(input: SiteInput): string {
  const file = join(registry.folder, "site.json");
  writeFileSync(file, JSON.stringify(input));
  return file;
}

/** Runs `groundwork images` on a site. */
function images(input: SiteInput, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ["cli/groundwork.cjs", "images", written(input), ...args], {
    cwd: join(__dirname, "../.."),
    env: { ...process.env, NODE_EXTRA_CA_CERTS: registry.authority },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

describe("F9: the images of a site", () => {
  const plan = planSite(parseSite(described({ imageRepository: "harbor.corp.example:8443/k8s" })));

  it("are all that it asks for, below its repository, with where each comes from", () => {
    expect(
      imagesOf(plan).map(({ image, source, usedBy }) => `${usedBy}: ${source} -> ${image}`),
    ).toMatchInlineSnapshot(`
      [
        "kubeadm: registry.k8s.io/kube-apiserver:v1.36.3 -> harbor.corp.example:8443/k8s/kube-apiserver:v1.36.3",
        "kubeadm: registry.k8s.io/kube-controller-manager:v1.36.3 -> harbor.corp.example:8443/k8s/kube-controller-manager:v1.36.3",
        "kubeadm: registry.k8s.io/kube-scheduler:v1.36.3 -> harbor.corp.example:8443/k8s/kube-scheduler:v1.36.3",
        "kubeadm: registry.k8s.io/kube-proxy:v1.36.3 -> harbor.corp.example:8443/k8s/kube-proxy:v1.36.3",
        "containerd: registry.k8s.io/pause:3.10.2 -> harbor.corp.example:8443/k8s/pause:3.10.2",
        "add-on: registry.k8s.io/coredns/coredns:v1.14.7 -> harbor.corp.example:8443/k8s/coredns/coredns:v1.14.7",
        "add-on: registry.k8s.io/metrics-server/metrics-server:v0.9.0 -> harbor.corp.example:8443/k8s/metrics-server/metrics-server:v0.9.0",
        "add-on: registry.k8s.io/descheduler/descheduler:v0.36.0 -> harbor.corp.example:8443/k8s/descheduler/descheduler:v0.36.0",
        "pod network: docker.io/cloudnativelabs/kube-router:v2.1.0 -> harbor.corp.example:8443/k8s/cloudnativelabs/kube-router:v2.1.0",
      ]
    `);
  });

  it("are those that its machines' files and add-ons name", () => {
    const files = plan.machines.flatMap((machine) =>
      machineFiles(plan, machine).map(({ content }) => content.join("")),
    );
    const named = new Set(files.join("\n").match(/harbor\.corp\.example:8443\/k8s\/\S+:v[\d.]+/g));
    const listed = imagesOf(plan).map(({ image }) => image);
    expect(named.size).toBeGreaterThan(0);
    for (const image of named) expect(listed).toContain(image);
    const { metalLbController, metalLbSpeaker, localPathProvisioner, ...always } = addonImages("1.36.3");
    for (const path of Object.values(always)) expect(listed).toContain(`harbor.corp.example:8443/k8s/${path}`);
    for (const path of [metalLbController, metalLbSpeaker, localPathProvisioner])
      expect(listed).not.toContain(`harbor.corp.example:8443/k8s/${path}`);
  });

  it("are printed as a table, and are the registry's own where none is named", async () => {
    const { code, out, err } = await images(described());
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^IMAGE +MIRRORED FROM +USED BY\nregistry\.k8s\.io\/kube-apiserver:v1\.36\.3 +kubeadm\n/);
  });

  it("have their digests from the repository where they are asked for; those of a manifest are read from it", async () => {
    const imageRepository = `${registry.url.replace("https://", "")}/mirror`;
    const { code, out } = await images(described({ imageRepository, podNetwork }), "--digests", "--json");
    const listing = JSON.parse(out) as Listing;
    expect(code).toBe(1);
    const digests = listing.images.map(({ digest }) => digest);
    expect(digests.slice(0, 8)).toEqual([...Array(7).fill(DIGEST), undefined]);
    const network = listing.images.filter(({ usedBy }) => usedBy === "pod network");
    expect(network.map(({ image }) => image)).toEqual([
      `${registry.url.replace("https://", "")}/flannel:v0.28.0`,
      `${registry.url.replace("https://", "")}/plugin:v1.7.1`,
    ]);
    expect(listing.notes).toEqual([
      expect.stringMatching(
        /\/mirror\/descheduler\/descheduler:v[\d.]+: [\d.]+:\d+ has no such image; mirror it there/,
      ),
    ]);
    expect(registry.asked).toContain(`HEAD /v2/mirror/${addonImages("1.36.3").coreDns.replace(":", "/manifests/")}`);
  });

  it("that cannot be known are told", async () => {
    const notes = async (podNetwork: PodNetwork) => (await listImages(written(described({ podNetwork })), {})).notes;
    expect(await notes({ ...podNetwork, url: `https://${OWN_ADDRESS}:1/x` })).toEqual([
      expect.stringMatching(/^kubernetes\.podNetwork: its images are not listed \(.+\); mend that and try again$/),
    ]);
    expect(await notes({ kind: "cilium", version: "1.18.2" })).toEqual([
      expect.stringMatching(/^kubernetes\.podNetwork: the images of Cilium's chart are not listed; run `helm template/),
    ]);
    expect(await notes({ kind: "none" })).toEqual([expect.stringContaining("its images are not known")]);
    expect(await notes({ kind: "routed" })).toEqual([]);
  });

  it("of a broken site are unusable input", async () => {
    const file = written({ ...described(), name: "Not A Name" });
    await expect(listImages(file, {})).rejects.toThrow(UnusableInput);
  });
});
