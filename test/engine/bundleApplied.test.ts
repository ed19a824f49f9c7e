import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../../cli/process/program";
import { BundleProject } from "../support/bundleProject";
import { freePort, ImageRegistry } from "../support/imageRegistry";

// D5, S8: where a bundle's parts go to: a disk without room, a registry.

let made: BundleProject;
beforeAll(async () => {
  made = await BundleProject.make();
  const { code, stderr } = await made.create("--key", made.at("owner"));
  expect(code, stderr).toBe(0);
});
afterAll(() => made.remove());

describe("a disk that is full half-way", () => {
  const full = () => made.at("full");
  afterAll(() => execFileSync("umount", [full()]));

  it("is told by its folder, and with room the next run goes on", async () => {
    mkdirSync(full());
    const megabytes = 200 + Math.ceil((2 * statSync(made.bundle).size) / 2 ** 20);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", full()]);
    // What the bundle needs is free, and its layout's own folder is not: that lies on a disk without room.
    const layout = join(full(), "site/layout");
    mkdirSync(layout, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", layout]);
    const apply = () => made.groundwork(["apply", made.bundle, "--into", join(full(), "site"), ...made.trust()]);
    const first = await apply();
    expect([first.code, first.stderr]).toEqual([
      2,
      expect.stringContaining("site: its disk has no space left; make room"),
    ]);
    execFileSync("mount", ["-o", `remount,size=${megabytes}m`, layout]);
    const second = await apply();
    execFileSync("umount", [layout]);
    expect(second.code, second.stderr).toBe(0);
  });
});

describe("a registry", () => {
  let registry: ImageRegistry;
  beforeAll(async () => {
    registry = await ImageRegistry.start(made.root);
  });
  afterAll(() => registry.stop());

  it("gets each image with its digest, once; one that is away is told, and the next run goes on", async () => {
    const push = (host: string) =>
      made.groundwork([
        "apply",
        made.bundle,
        "--into",
        made.at("pushed"),
        "--registry",
        host,
        "--certs",
        made.at("certs"),
        ...made.trust(),
      ]);
    const away = await push(`127.0.0.1:${await freePort()}`);
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/connection refused; mend that, and run the command again/);
    const first = await push(registry.host);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^moved {8}0 bytes of blobs, 0 parts.*, (\d+) of \1 container images/);
    const digest = await program("skopeo", [
      "inspect",
      "--no-tags",
      `--cert-dir=${made.at("certs")}`,
      "--format={{.Digest}}",
      `docker://${registry.host}/pause:3.10.2`,
    ]);
    const index = JSON.parse(readFileSync(made.at("images/index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(digest.stdout.trim()).toBe(
      index.manifests.find(
        ({ annotations }) => annotations["io.containerd.image.name"] === "registry.k8s.io/pause:3.10.2",
      )?.digest,
    );
    const second = await push(registry.host);
    expect(second.stdout).toMatch(/, 0 of \d+ container images/);
  });

  it("whose certificate nobody vouches for gets nothing", async () => {
    const { code, stderr } = await made.groundwork([
      "apply",
      made.bundle,
      "--into",
      made.at("pushed"),
      "--registry",
      registry.host,
      ...made.trust(),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/certificate/);
  });
});
