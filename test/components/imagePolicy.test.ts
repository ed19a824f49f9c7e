import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { projectOver } from "../support/apiProject";
import { ApiServer } from "../support/apiServer";
import type { Project } from "../support/project";

let api: ApiServer;
let project: Project;

beforeAll(async () => {
  api = await ApiServer.start();
  const lines = `
    const { ImagePolicy } = require(${JSON.stringify(join(repository, "components/addons/ImagePolicy"))});
    const registries = require("./registries.json");
    if (registries.length > 0)
      new ImagePolicy("shop-images", { registries, ownNamespaces: ["kube-system"] }, { providers: [provider] });`;
  project = await projectOver(api, lines);
  await api.kubectl("create", "namespace", "shop");
  for (const namespace of ["shop", "kube-system"])
    await api.kubectl("-n", namespace, "create", "serviceaccount", "pods");
  await api.create(pod("before", { containers: [container("docker.io/old:1.0.0")] }));
  await up("quay.io", "10.0.42.5:5000");
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

async function up(...registries: string[]): Promise<string> {
  project.write("registries.json", JSON.stringify(registries));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output;
}

const digest = `@sha256:${"a".repeat(64)}`;
const container = (image: string, name = "it") => ({ name, image });

function pod(name: string, spec: object, namespace = "shop", more: object = {}) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, ...more },
    spec: { serviceAccountName: "pods", automountServiceAccountToken: false, ...spec },
  };
}

/** What the API says of a pod; empty where it takes it. */
const said = async (spec: object, namespace?: string): Promise<string> => {
  try {
    await api.create(pod("it", spec, namespace), "--dry-run=server");
    return "";
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
};
const images = (...names: string[]) => ({ containers: names.map((image, i) => container(image, `c${i}`)) });

describe("the policy about images in a real API (S8)", () => {
  it("is in force, and a second `up` changes nothing", async () => {
    expect(await up("quay.io", "10.0.42.5:5000")).not.toMatch(/created|updated|deleted|replaced/);
    // The API server takes a moment until it asks it.
    await expect.poll(() => said(images("docker.io/a:1")), { timeout: 60_000, interval: 500 }).not.toBe("");
  });

  it.each([
    ["of a registry that it may have", images(`quay.io/shop/till${digest}`)],
    ["with a tag beside its digest", images(`quay.io/shop/till:1.0.0${digest}`)],
    ["of the site's registry by its own name", images(`10.0.42.5:5000/quay.io/shop/till${digest}`)],
  ])("lets in an image %s", async (_, spec) => {
    expect(await said(spec)).toBe("");
  });

  const only = /the site's registry has images of quay\.io, 10\.0\.42\.5:5000 only, and not /;
  it.each([
    ["of another registry", images(`ghcr.io/shop/till${digest}`), only],
    ["without a registry", images(`till${digest}`), only],
    ["of Docker's registry without its name", images(`shop/till${digest}`), only],
    ["of a registry whose name only begins alike", images(`quay.io.evil.example/shop/till${digest}`), only],
    ["of another port", images(`10.0.42.5:5001/shop/till${digest}`), only],
    ["of a path that looks like a registry", images(`evil.example/quay.io/till${digest}`), only],
    ["beside one that may", images(`quay.io/a/b${digest}`, `ghcr.io/a/b${digest}`), /and not ghcr\.io\/a\/b@/],
    [
      "that comes first",
      { initContainers: [container(`ghcr.io/a/b${digest}`, "init")], ...images(`quay.io/a/b${digest}`) },
      only,
    ],
    [
      "with a tag alone",
      images("quay.io/shop/till:1.0.0"),
      /name images by digest, as NAME@sha256:…: quay\.io\/shop\/till:1\.0\.0/,
    ],
    ["with half a digest", images("quay.io/shop/till@sha256:abc"), /name images by digest/],
    ["with nothing", images("quay.io/shop/till"), /name images by digest/],
  ])("refuses an image %s", async (_, spec, why) => {
    expect(await said(spec)).toMatch(why);
  });

  it("does not ask what the site itself runs", async () => {
    expect(await said(images("registry.k8s.io/pause:3.10.2"), "kube-system")).toBe("");
  });

  it("leaves a pod of before alone, but for its images", async () => {
    await api.kubectl("-n", "shop", "label", "pod", "before", "seen=yes");
    await expect(api.kubectl("-n", "shop", "set", "image", "pod/before", "it=docker.io/new:1.0.0")).rejects.toThrow(
      /the site's registry has images of/,
    );
  });

  it("asks of what is added for a look, too", async () => {
    await api.create(pod("seen", images(`quay.io/a/b${digest}`)));
    const looked = (image: string) =>
      api.kubectl("-n", "shop", "debug", "seen", `--image=${image}`, "--container", "look");
    await expect(looked("docker.io/busybox:1.0.0")).rejects.toThrow(/the site's registry has images of/);
    await looked(`quay.io/a/busybox${digest}`);
  });

  it("goes with the registry", async () => {
    await up();
    expect(
      await api.kubectl("get", "validatingadmissionpolicies,validatingadmissionpolicybindings", "-o", "name"),
    ).toBe("");
    await expect.poll(() => said(images("docker.io/a:1")), { timeout: 60_000, interval: 500 }).toBe("");
  });
});
