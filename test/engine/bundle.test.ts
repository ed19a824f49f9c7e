import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../../cli/process/program";
import { BundleProject, PRESENT, UPGRADE } from "../support/bundleProject";

// D5, S8: what a site without a line is built from comes whole, as it was signed, and once. Images are small ones.

let made: BundleProject;
beforeAll(async () => {
  made = await BundleProject.make();
});
afterAll(() => made.remove());

describe("a bundle", () => {
  it("holds all that a site and its next version need, and of the project what git tracks", async () => {
    const { code, stderr, stdout } = await made.create("--upgrade-to", UPGRADE, "--key", made.at("owner"));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("signature    by your key");
    expect(existsSync(`${made.bundle}.partial`)).toBe(false);
    const { stdout: told } = await made.groundwork(["verify", made.bundle, made.site, ...made.trust(), "--json"]);
    const { signer, kubernetes, parts } = JSON.parse(told);
    expect([signer, kubernetes]).toEqual(["owner", [PRESENT, UPGRADE]]);
    const of = (kind: string) =>
      parts.filter((part: { kind: string }) => part.kind === kind).map((part: { name: string }) => part.name);
    expect(of("plugin")).toEqual(["resource-tls", "resource-vsphere"]);
    expect(of("container-image").filter((name: string) => name.endsWith("/kube-apiserver"))).toHaveLength(2);
    expect(["engine", "node", "packages", "project", "machine-image", "bill-of-materials"].flatMap(of)).toHaveLength(6);
  });

  it("fills a folder that is worked from with nothing of this computer's, and a second run moves nothing", async () => {
    const first = await made.groundwork(["apply", made.bundle, "--into", made.at("site"), ...made.trust()]);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^moved {8}[1-9]\d* bytes of blobs, 6 parts/);
    const shell = `. ${made.at("site/environment")} && node --version && pulumi version && command -v groundwork && pwd -P && ls && ls "$PULUMI_HOME/plugins" && node -p 'require("small/package.json").version'`;
    const { stdout } = await program("sh", ["-c", shell], { env: { PATH: "/usr/bin:/bin", HOME: made.root } });
    expect(stdout).toContain(process.version);
    expect(stdout).toContain("resource-tls-v5.6.1\nresource-vsphere-v4.18.2\n1.0.0");
    expect(stdout).toContain(made.at("site/bin/groundwork"));
    expect(stdout).not.toContain("kubeconfig");
    expect(readFileSync(made.at("site/images/groundwork-node.qcow2"), "utf8")).toBe("a disk");
    const bom = JSON.parse(readFileSync(made.at("site/bom.cdx.json"), "utf8"));
    const names = bom.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["systemd", "small", "pulumi", "registry.k8s.io/pause"]));
    const second = await made.groundwork(["apply", made.bundle, "--into", made.at("site"), ...made.trust()]);
    expect(second.stdout).toMatch(/^moved {8}0 bytes of blobs, 0 parts/);
  });

  it("keeps what an owner changed in the project of an earlier one", async () => {
    const before = join(made.at("site"), readlinkSync(made.at("site/project")));
    appendFileSync(join(before, "stacks/Pulumi.store.yaml"), "# changed at the site\n");
    writeFileSync(join(made.project, "README.md"), "more\n");
    execFileSync("git", ["-C", made.project, "add", "README.md"]);
    renameSync(made.bundle, made.at("first.bundle"));
    expect((await made.create("--key", made.at("owner"))).code).toBe(0);
    const { code, stderr, stdout } = await made.groundwork([
      "apply",
      made.bundle,
      "--into",
      made.at("site"),
      ...made.trust(),
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/, 1 parts/);
    expect(readFileSync(join(before, "stacks/Pulumi.store.yaml"), "utf8")).toContain("# changed at the site");
    expect(existsSync(made.at("site/project/README.md"))).toBe(true);
  });
});

describe("what cannot be bundled", () => {
  it("is told all at once, and nothing is written", async () => {
    const { code, stderr } = await made.groundwork(
      [
        "create",
        made.site,
        "--output",
        made.at("none.bundle"),
        "--image",
        "no.ova",
        "--key",
        "no-key",
        "--layout",
        "no-layout",
      ],
      { PULUMI_HOME: made.at("empty-home") },
    );
    expect(code).toBe(2);
    for (const told of [
      /--image: there is no file no.ova/,
      /--key: there is no file no-key/,
      /--layout: there is no file/,
      /resource-tls-v5.6.1: the plugin is not there; run `pulumi plugin install resource tls v5.6.1`/,
    ])
      expect(stderr).toMatch(told);
    expect(existsSync(made.at("none.bundle.partial"))).toBe(false);
  });

  it("is told before anything is packed where its key does not sign, or its folder takes nothing", async () => {
    writeFileSync(made.at("garbage"), "no key\n");
    copyFileSync(made.at("owner"), made.at("readable"));
    chmodSync(made.at("readable"), 0o644);
    for (const [key, told] of [
      ["garbage", /^--key: \S+garbage is no SSH key; /m],
      ["readable", /^--key: others may read \S+readable, and ssh-keygen signs with no such key; chmod 600 /m],
    ] as const) {
      const { code, stderr } = await made.create("--key", made.at(key));
      expect([code, stderr]).toEqual([2, expect.stringMatching(told)]);
      expect(existsSync(`${made.bundle}.partial`)).toBe(false);
    }
    const closed = made.at("closed");
    mkdirSync(closed);
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", closed]);
    try {
      const { code, stderr } = await made.create("--output", join(closed, "store.bundle"));
      expect([code, stderr]).toEqual([2, expect.stringMatching(/closed: its file system is read-only; name another/)]);
    } finally {
      execFileSync("umount", [closed]);
    }
  });

  it("is told in a sentence where its key asks for a passphrase and nobody is there", async () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", made.at("locked")]);
    rmSync(made.bundle, { force: true });
    const { code, stderr } = await made.create("--key", made.at("locked"));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^--key: ssh-keygen does not sign with \S+locked: [^\n;]+; name another one, or unlock it first$/m,
      ),
    ]);
    expect(existsSync(made.bundle)).toBe(false);
  });
});
