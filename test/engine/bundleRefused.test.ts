import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { program } from "../../cli/process/program";
import { BundleProject, described, UPGRADE } from "../support/bundleProject";

// D5, S8: nothing comes of a bundle that was changed, that somebody else signed, or that is older than what is there.

let made: BundleProject;
beforeAll(async () => {
  made = await BundleProject.make();
  for (const name of ["first.bundle", "second.bundle"]) {
    const { code, stderr } = await made.create("--key", made.at("owner"));
    expect(code, stderr).toBe(0);
    renameSync(made.bundle, made.at(name));
  }
  renameSync(made.at("second.bundle"), made.bundle);
});
afterAll(() => made.remove());

describe("a bundle that is not as it should be", () => {
  const changed = (change: (file: string) => void) => {
    const file = made.at("changed.bundle");
    copyFileSync(made.bundle, file);
    change(file);
    return file;
  };
  /** Writes a text over the same number of bytes, wherever it stands. */
  const replaced = (from: string, to: string) =>
    changed((file) => writeFileSync(file, Buffer.from(readFileSync(file, "latin1").replace(from, to), "latin1")));

  /** The bundle with another head, which nobody has signed. */
  const repacked = (head: (index: string) => string) =>
    changed((file) => {
      const folder = mkdtempSync(made.at("unpacked-"));
      execFileSync("tar", ["-C", folder, "-xf", file]);
      writeFileSync(join(folder, "index.json"), head(readFileSync(join(folder, "index.json"), "utf8")));
      const blobs = readdirSync(join(folder, "blobs/sha256")).map((name) => `blobs/sha256/${name}`);
      execFileSync("tar", ["-C", folder, "-cf", file, "oci-layout", "index.json", ...blobs]);
    });

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
      ["apply", file, "--into", made.at("never")],
    ]) {
      const { code, stderr } = await made.groundwork([...args, ...made.trust()]);
      expect(stderr).toMatch(told);
      expect(stderr).toMatch(/^\S[^\n]*: .+; .+$/m);
      expect(code).toBe(2);
    }
    expect(existsSync(made.at("never/environment"))).toBe(false);
  });

  it("is refused when somebody else signed it, nobody did, or nobody is named", async () => {
    const [index = "", own = ""] = ["index.json", "index.json.sig"].map((name) =>
      execFileSync("tar", ["-xOf", made.bundle, name], { encoding: "utf8" }),
    );
    const sign = ["-Y", "sign", "-n", "groundwork-bundle", "-f", made.at("stranger")];
    const { stdout: foreign } = await program("ssh-keygen", sign, { input: index });
    const byStranger = await made.groundwork(["verify", replaced(own, foreign), ...made.trust()]);
    expect(byStranger.stderr).toMatch(/nobody in \S+ signed it; get one/);
    const unsigned = repacked((index) => index);
    const refused = await made.groundwork(["apply", unsigned, "--into", made.at("unsigned"), ...made.trust()]);
    expect(refused.stderr).toMatch(/it is not signed; get one/);
    expect(existsSync(made.at("unsigned"))).toBe(false);
    expect((await made.groundwork(["verify", unsigned])).stderr).toMatch(/--signers: nobody is named/);
    const way = await made.groundwork(["verify", unsigned, "--unsigned"]);
    expect(way.code, way.stderr).toBe(0);
  });

  it("is refused when its owner's key may sign other things alone", async () => {
    writeFileSync(made.at("gits"), `owner namespaces="git" ${readFileSync(made.at("owner.pub"), "utf8")}`);
    const { code, stderr } = await made.groundwork(["verify", made.bundle, "--signers", made.at("gits")]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /: owner of \S+gits may not sign that; leave out namespaces=… there, or add groundwork-bundle/,
      ),
    ]);
  });

  it.each([
    ["a machine image", '"groundwork-node.qcow2"', '"../../evil"'],
    ["a plugin", '"resource-tls"', '"../../../evil"'],
    ["a plugin's version", '"5.6.1"', '"5/../../../../evil"'],
    ["the folder itself", '"groundwork-node.qcow2"', '".."'],
  ])("is refused though nobody asks who signed it, as %s would lie outside of its folder", async (_, name, evil) => {
    mkdirSync(made.at("deep"), { recursive: true });
    const file = repacked((index) => index.replaceAll(name, evil));
    const { code, stderr } = await made.groundwork(["apply", file, "--into", made.at("deep/site"), "--unsigned"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("it does not begin as a bundle of this version does")]);
    expect(readdirSync(made.at("deep"))).toEqual([]);
    expect(existsSync(made.at("evil"))).toBe(false);
  });

  it("is refused when it is older than what is there, or of another kind of computer", async () => {
    const there = await made.groundwork(["apply", made.bundle, "--into", made.at("site"), ...made.trust()]);
    expect(there.code, there.stderr).toBe(0);
    const { code, stderr } = await made.groundwork([
      "apply",
      made.at("first.bundle"),
      "--into",
      made.at("site"),
      ...made.trust(),
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/it was made at .*, and what is there at .*; take the newer one/),
    ]);
    const meant = await made.groundwork([
      "apply",
      made.at("first.bundle"),
      "--into",
      made.at("site"),
      "--older",
      ...made.trust(),
    ]);
    expect(meant.code, meant.stderr).toBe(0);
    const other = replaced("linux/x64", "linux/arm");
    const foreign = await made.groundwork(["apply", other, "--into", made.at("site"), "--unsigned"]);
    expect(foreign.stderr).toMatch(/its programs are for linux\/arm, and this computer is linux\/x64/);
  });

  it("is told what of a site it lacks", async () => {
    const other = made.at("other.yaml");
    writeFileSync(other, stringify(described(UPGRADE)));
    const { code, stderr } = await made.groundwork(["verify", made.bundle, other, ...made.trust()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/kubernetes.version: the bundle is for/);
    expect(stderr).toMatch(/registry.k8s.io\/kube-proxy:v1[^\n]*: the bundle has no such image; make one/);
    expect(stderr).toMatch(/machine image: the bundle has none of Kubernetes/);
  });
});
