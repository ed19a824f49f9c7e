import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { program } from "../../cli/process/program";
import { runner } from "../../image/build/run";
import { writeLayout } from "../../image/containers/container-image";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { kubernetesMinor } from "../../site/description/versions";
import { planSite } from "../../site/plan/plan";
import { imagesOf } from "../../site/render/images";
import { site as siteOf, threeHosts } from "../support/sites";

// D5, S8: what a site without a line is built from comes whole, as it was signed, and once. Real skopeo, registry and ssh-keygen; images are small ones.

const [PRESENT, UPGRADE] = [kubernetesMinor("1.36").tested, kubernetesMinor("1.37").tested];
const described = (version: string) => siteOf(threeHosts, { kubernetes: { version } });

let root: string;
let project: string;
let site: string;
let bundle: string;
let env: NodeJS.ProcessEnv;

const groundwork = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  program(process.execPath, [join(repository, "cli/groundwork.cjs"), "bundle", ...args], {
    cwd: project,
    env: { ...env, ...more },
  });
const at = (...path: string[]) => join(root, ...path);
const trust = () => ["--signers", at("signers")];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "groundwork-bundle-"));
  project = at("project");
  bundle = at("store.bundle");
  site = join(project, "stacks/Pulumi.store.yaml");
  const images = [PRESENT, UPGRADE].flatMap((version) => imagesOf(planSite(parseSite(described(version)))));
  mkdirSync(dirname(site), { recursive: true });
  writeFileSync(site, stringify({ config: { "groundwork:site": described(PRESENT) } }));
  for (const [path, text] of Object.entries({
    "project/package.json": JSON.stringify({ name: "shops", version: "1.2.3", dependencies: { small: "1.0.0" } }),
    "project/kubeconfig": "not tracked, and nobody else's business\n",
    "project/node_modules/small/package.json": JSON.stringify({ name: "small", version: "1.0.0" }),
    "project/node_modules/@pulumi/tls/package.json": JSON.stringify({
      name: "@pulumi/tls",
      version: "5.6.1",
      pulumi: { resource: true, name: "tls" },
    }),
    // A hundred megabytes that are only copied.
    "bin/pulumi": "#!/bin/sh\necho v3.200.0\n",
    "bin/pulumi-language-nodejs": "#!/bin/sh\n",
    "home/plugins/resource-tls-v5.6.1/pulumi-resource-tls": "#!/bin/sh\n",
    "home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere": "#!/bin/sh\n",
    "groundwork-node.qcow2": "a disk",
    "groundwork-node.qcow2.cdx.json": JSON.stringify({
      metadata: { component: { version: `${PRESENT}-debian-12` } },
      components: [{ type: "library", name: "systemd", version: "252", purl: "pkg:deb/debian/systemd@252" }],
    }),
  })) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", project, "-c", "user.name=a", "-c", "user.email=a@b.example", ...args]);
  git("init", "-q");
  git("add", "package.json", "stacks");
  git("commit", "-qm", "Sites");
  mkdirSync(at("tree"));
  writeFileSync(at("tree/program"), "#!/bin/sh\n");
  const named = [...new Set(images.map(({ source }) => source))];
  await writeLayout(
    at("images"),
    named.map((name) => ({ name, root: at("tree"), entrypoint: [`/${name}`] })),
    runner(),
  );
  for (const who of ["owner", "stranger"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", who, "-f", at(who)]);
  writeFileSync(at("signers"), `owner ${readFileSync(at("owner.pub"), "utf8")}`);
  chmodSync(at("bin/pulumi"), 0o755);
  env = { ...process.env, PATH: `${at("bin")}:${process.env.PATH}`, PULUMI_HOME: at("home") };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const create = (...more: string[]) =>
  groundwork([
    "create",
    site,
    "--layout",
    at("images"),
    "--image",
    at("groundwork-node.qcow2"),
    "--output",
    bundle,
    ...more,
  ]);

describe("a bundle", () => {
  it("holds all that a site and its next version need, and of the project what git tracks", async () => {
    const { code, stderr, stdout } = await create("--upgrade-to", UPGRADE, "--key", at("owner"));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("signature    by your key");
    expect(existsSync(`${bundle}.partial`)).toBe(false);
    const { stdout: told } = await groundwork(["verify", bundle, site, ...trust(), "--json"]);
    const { signer, kubernetes, parts } = JSON.parse(told);
    expect([signer, kubernetes]).toEqual(["owner", [PRESENT, UPGRADE]]);
    const of = (kind: string) =>
      parts.filter((part: { kind: string }) => part.kind === kind).map((part: { name: string }) => part.name);
    expect(of("plugin")).toEqual(["resource-tls", "resource-vsphere"]);
    expect(of("container-image").filter((name: string) => name.endsWith("/kube-apiserver"))).toHaveLength(2);
    expect(["engine", "node", "packages", "project", "machine-image", "bill-of-materials"].flatMap(of)).toHaveLength(6);
  });

  it("fills a folder that is worked from with nothing of this computer's, and a second run moves nothing", async () => {
    const first = await groundwork(["apply", bundle, "--into", at("site"), ...trust()]);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^moved {8}[1-9]\d* bytes of blobs, 6 parts/);
    const shell = `. ${at("site/environment")} && node --version && pulumi version && command -v groundwork && pwd -P && ls && ls "$PULUMI_HOME/plugins" && node -p 'require("small/package.json").version'`;
    const { stdout } = await program("sh", ["-c", shell], { env: { PATH: "/usr/bin:/bin", HOME: root } });
    expect(stdout).toContain(process.version);
    expect(stdout).toContain("resource-tls-v5.6.1\nresource-vsphere-v4.18.2\n1.0.0");
    expect(stdout).toContain(at("site/bin/groundwork"));
    expect(stdout).not.toContain("kubeconfig");
    expect(readFileSync(at("site/images/groundwork-node.qcow2"), "utf8")).toBe("a disk");
    const bom = JSON.parse(readFileSync(at("site/bom.cdx.json"), "utf8"));
    const names = bom.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["systemd", "small", "pulumi", "registry.k8s.io/pause"]));
    const second = await groundwork(["apply", bundle, "--into", at("site"), ...trust()]);
    expect(second.stdout).toMatch(/^moved {8}0 bytes of blobs, 0 parts/);
  });

  it("keeps what an owner changed in the project of an earlier one", async () => {
    const before = join(at("site"), readlinkSync(at("site/project")));
    appendFileSync(join(before, "stacks/Pulumi.store.yaml"), "# changed at the site\n");
    writeFileSync(join(project, "README.md"), "more\n");
    execFileSync("git", ["-C", project, "add", "README.md"]);
    renameSync(bundle, at("first.bundle"));
    expect((await create("--key", at("owner"))).code).toBe(0);
    const { code, stderr, stdout } = await groundwork(["apply", bundle, "--into", at("site"), ...trust()]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/, 1 parts/);
    expect(readFileSync(join(before, "stacks/Pulumi.store.yaml"), "utf8")).toContain("# changed at the site");
    expect(existsSync(at("site/project/README.md"))).toBe(true);
  });
});

describe("a disk that is full half-way", () => {
  const full = () => at("full");
  afterAll(() => execFileSync("umount", [full()]));

  it("is told by its folder, and with room the next run goes on", async () => {
    mkdirSync(full());
    const megabytes = 200 + Math.ceil((2 * statSync(bundle).size) / 2 ** 20);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", full()]);
    // What the bundle needs is free, and its layout's own folder is not: that lies on a disk without room.
    const layout = join(full(), "site/layout");
    mkdirSync(layout, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", layout]);
    const apply = () => groundwork(["apply", bundle, "--into", join(full(), "site"), ...trust()]);
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
  let registry: Registry;
  beforeAll(async () => {
    registry = await Registry.start(root);
  });
  afterAll(() => registry.stop());

  it("gets each image with its digest, once; one that is away is told, and the next run goes on", async () => {
    const push = (host: string) =>
      groundwork(["apply", bundle, "--into", at("pushed"), "--registry", host, "--certs", at("certs"), ...trust()]);
    const away = await push(`127.0.0.1:${await freePort()}`);
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/connection refused; mend that, and run the command again/);
    const first = await push(registry.host);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^moved {8}0 bytes of blobs, 0 parts.*, (\d+) of \1 container images/);
    const digest = await program("skopeo", [
      "inspect",
      "--no-tags",
      `--cert-dir=${at("certs")}`,
      "--format={{.Digest}}",
      `docker://${registry.host}/pause:3.10.2`,
    ]);
    const index = JSON.parse(readFileSync(at("images/index.json"), "utf8")) as {
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
    const { code, stderr } = await groundwork([
      "apply",
      bundle,
      "--into",
      at("pushed"),
      "--registry",
      registry.host,
      ...trust(),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/certificate/);
  });
});

describe("a bundle that is not as it should be", () => {
  const changed = (change: (file: string) => void) => {
    const file = at("changed.bundle");
    copyFileSync(bundle, file);
    change(file);
    return file;
  };
  /** Writes a text over the same number of bytes, wherever it stands. */
  const replaced = (from: string, to: string) =>
    changed((file) => writeFileSync(file, Buffer.from(readFileSync(file, "latin1").replace(from, to), "latin1")));

  it.each([
    ["cut off", () => changed((file) => truncateSync(file, statSync(file).size - 20_000)), /cut off|missing in it/],
    ["cut off in its head", () => changed((file) => truncateSync(file, 700)), /cut off/],
    ["no bundle", () => changed((file) => writeFileSync(file, "hello")), /cut off, or no bundle|does not begin/],
    ["empty", () => changed((file) => writeFileSync(file, "")), /it is empty/],
    ["changed in its head", () => replaced("linux/x64", "linux/x65"), /signature does not fit/],
    ["changed in a part", () => replaced("a disk", "a risk"), /the bytes of sha256:[0-9a-f]{64} in it are others/],
  ])("is refused whole: %s", async (_, make, told) => {
    const file = make();
    for (const args of [
      ["verify", file],
      ["apply", file, "--into", at("never")],
    ]) {
      const { code, stderr } = await groundwork([...args, ...trust()]);
      expect(stderr).toMatch(told);
      expect(stderr).toMatch(/^\S[^\n]*: .+; .+$/m);
      expect(code).toBe(2);
    }
    expect(existsSync(at("never/environment"))).toBe(false);
  });

  it("is refused when somebody else signed it, nobody did, or nobody is named", async () => {
    const [index = "", own = ""] = ["index.json", "index.json.sig"].map((name) =>
      execFileSync("tar", ["-xOf", bundle, name], { encoding: "utf8" }),
    );
    const sign = ["-Y", "sign", "-n", "groundwork-bundle", "-f", at("stranger")];
    const { stdout: foreign } = await program("ssh-keygen", sign, { input: index });
    const byStranger = await groundwork(["verify", replaced(own, foreign), ...trust()]);
    expect(byStranger.stderr).toMatch(/nobody in \S+ signed it; get one/);
    const unsigned = changed((file) => {
      mkdirSync(at("unpacked"));
      execFileSync("tar", ["-C", at("unpacked"), "-xf", file]);
      const blobs = readdirSync(at("unpacked/blobs/sha256")).map((name) => `blobs/sha256/${name}`);
      execFileSync("tar", ["-C", at("unpacked"), "-cf", file, "oci-layout", "index.json", ...blobs]);
    });
    const refused = await groundwork(["apply", unsigned, "--into", at("unsigned"), ...trust()]);
    expect(refused.stderr).toMatch(/it is not signed; get one/);
    expect(existsSync(at("unsigned"))).toBe(false);
    expect((await groundwork(["verify", unsigned])).stderr).toMatch(/--signers: nobody is named/);
    const way = await groundwork(["verify", unsigned, "--unsigned"]);
    expect(way.code, way.stderr).toBe(0);
  });

  it("is refused when it is older than what is there, or of another kind of computer", async () => {
    const { code, stderr } = await groundwork(["apply", at("first.bundle"), "--into", at("site"), ...trust()]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/it was made at .*, and what is there at .*; take the newer one/),
    ]);
    const meant = await groundwork(["apply", at("first.bundle"), "--into", at("site"), "--older", ...trust()]);
    expect(meant.code, meant.stderr).toBe(0);
    const other = replaced("linux/x64", "linux/arm");
    const foreign = await groundwork(["apply", other, "--into", at("site"), "--unsigned"]);
    expect(foreign.stderr).toMatch(/its programs are for linux\/arm, and this computer is linux\/x64/);
  });

  it("is told what of a site it lacks", async () => {
    const other = at("other.yaml");
    writeFileSync(other, stringify(described(UPGRADE)));
    const { code, stderr } = await groundwork(["verify", bundle, other, ...trust()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/kubernetes.version: the bundle is for/);
    expect(stderr).toMatch(/registry.k8s.io\/kube-proxy:v1[^\n]*: the bundle has no such image; make one/);
    expect(stderr).toMatch(/machine image: the bundle has none of Kubernetes/);
  });
});

describe("what cannot be bundled", () => {
  it("is told all at once, and nothing is written", async () => {
    const { code, stderr } = await groundwork(
      ["create", site, "--output", at("none.bundle"), "--image", "no.ova", "--key", "no-key", "--layout", "no-layout"],
      { PULUMI_HOME: at("empty-home") },
    );
    expect(code).toBe(2);
    for (const told of [
      /--image: there is no file no.ova/,
      /--key: there is no file no-key/,
      /--layout: there is no file/,
      /resource-tls-v5.6.1: the plugin is not there; run `pulumi plugin install resource tls v5.6.1`/,
    ])
      expect(stderr).toMatch(told);
    expect(existsSync(at("none.bundle.partial"))).toBe(false);
  });
});

/** A registry of CNCF Distribution with a certificate of an authority of its own. */
class Registry {
  private constructor(
    readonly host: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(folder: string): Promise<Registry> {
    const port = await freePort();
    mkdirSync(join(folder, "certs"), { recursive: true });
    const [key, certificate] = [join(folder, "registry.key"), join(folder, "certs/ca.crt")];
    execFileSync(
      "openssl",
      [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
          "-subj",
          "/CN=registry",
        ],
        ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
      ],
      { stdio: "ignore" },
    );
    const file = join(folder, "registry.yml");
    writeFileSync(
      file,
      stringify({
        version: 0.1,
        storage: { filesystem: { rootdirectory: join(folder, "registry") } },
        http: { addr: `127.0.0.1:${port}`, tls: { certificate, key } },
      }),
    );
    const server = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
    for (let tried = 0; tried < 600; tried++) {
      if (await answers(port)) return new Registry(`127.0.0.1:${port}`, server);
      await sleep(100);
    }
    throw new Error("the registry does not answer");
  }

  stop(): void {
    this.server.kill();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
