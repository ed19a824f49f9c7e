import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../../cli/process/program";
import { BundleProject } from "../support/bundleProject";
import { freePort, ImageRegistry } from "../support/imageRegistry";
import { Line } from "../support/line";

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

describe("a run that is killed", () => {
  const into = () => made.at("killed");
  const begins = (folder: string) => () => {
    const found = join(into(), folder);
    return existsSync(found) && readdirSync(found).some((name) => name.endsWith(".partial"));
  };

  it.each([
    ["as it copies", "layout/blobs/sha256"],
    ["as it unpacks", "parts"],
  ])("%s leaves nothing that counts, and the next one goes on", async (_, folder) => {
    const child = made.begun(["apply", made.bundle, "--into", into(), ...made.trust()]);
    const ended = new Promise<string | null>((resolve) => child.on("exit", (_code, signal) => resolve(signal)));
    const begun = begins(folder);
    while (child.exitCode === null && !begun()) await new Promise((done) => setTimeout(done, 1));
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    for (const name of ["environment", "layout/index.json"]) expect(existsSync(join(into(), name)), name).toBe(false);
  });

  it("is taken up by the next one", async () => {
    const { code, stderr } = await made.groundwork(["apply", made.bundle, "--into", into(), ...made.trust()]);
    expect(code, stderr).toBe(0);
    expect(execFileSync("find", [into(), "-name", "*.partial"], { encoding: "utf8" })).toBe("");
    const again = await made.groundwork(["apply", made.bundle, "--into", into(), ...made.trust()]);
    expect(again.stdout).toMatch(/^moved {8}0 bytes of blobs, 0 parts/);
  });
});

describe("a folder that nothing can be put into", () => {
  it("is told before anything is read", async () => {
    const closed = made.at("closed");
    mkdirSync(closed);
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", closed]);
    try {
      for (const [into, told] of [
        [join(closed, "site"), /closed\/site: its file system is read-only; name another folder/],
        [join(made.at("owner"), "site"), /owner\/site: there is no folder \S+owner; make it, or name another one/],
        [made.at("owner"), /owner: there is no folder \S+owner; /],
        [made.at("no/such/folder"), /no\/such\/folder: there is no folder \S+no\/such; /],
      ] as const) {
        const { code, stderr } = await made.groundwork(["apply", made.bundle, "--into", into, ...made.trust()]);
        expect([code, stderr]).toEqual([2, expect.stringMatching(told)]);
      }
    } finally {
      execFileSync("umount", [closed]);
    }
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

  it("that goes away half-way is told, and the next run sends what is missing", async () => {
    const line = await Line.to(Number(registry.host.split(":")[1]));
    const args = ["apply", made.bundle, "--into", made.at("pushed"), "--certs", made.at("certs"), ...made.trust()];
    const push = () => made.groundwork([...args, "--registry", `${line.host}/half`]);
    const under = push();
    const repositories = made.at("registry/docker/registry/v2/repositories/half");
    const tagged = () => existsSync(repositories) && existsSync(join(repositories, "kube-apiserver/_manifests/tags"));
    let ended = false;
    under.finally(() => {
      ended = true;
    });
    while (!ended && !tagged()) await new Promise((done) => setTimeout(done, 5));
    await line.end();
    const first = await under;
    expect([first.code, first.stderr]).toEqual([1, expect.stringMatching(/; mend that, and run the command again/)]);
    await line.back();
    const second = await push();
    await line.end();
    expect(second.code, second.stderr).toBe(0);
    const [, sent, all] = /, (\d+) of (\d+) container images/.exec(second.stdout) ?? [];
    expect(Number(sent)).toBeGreaterThan(0);
    expect(Number(sent)).toBeLessThan(Number(all));
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
