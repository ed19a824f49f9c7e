import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { versions, wantedImage } from "../../cli/image/build";
import { lacksForImage } from "../../cli/image/lacks";
import { IMAGE_NAMESPACE, writeDigests } from "../../cli/image/sign";
import { keyProblems } from "../../cli/process/signature";

const [newest = ""] = versions;

it("an image is of a version, a system and a format that there are; all that is wrong is told at once", () => {
  expect(() => wantedImage({ kubernetes: "1.30.1", os: "debian-11", format: "vhd" })).toThrow(
    [
      `--kubernetes: 1.30.1 cannot be built; say ${versions.join(", ")}`,
      "--os: debian-11 cannot be built; say debian-12, debian-13",
      "--format: vhd cannot be built; say raw, qcow2, vmdk, ova",
    ].join("\n"),
  );
});

it("an image goes into a file that is named after what it is, or as it is told", () => {
  const wanted = { kubernetes: newest, os: "debian-12", format: "qcow2" };
  expect(wantedImage(wanted).output).toBe(join(process.cwd(), `groundwork-node-${newest}-debian-12.qcow2`));
  expect(wantedImage({ ...wanted, output: "/tmp/a" }).output).toBe("/tmp/a");
  expect(() => wantedImage({ ...wanted, output: tmpdir() })).toThrow(
    `${tmpdir()}: it is no file; name a file with --output`,
  );
});

it("programs that are not there are told at once, each with its package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-path-"));
  const before = process.env.PATH;
  try {
    process.env.PATH = folder;
    const lines = (await lacksForImage("qcow2", "/tmp/x")).map(({ path, fix }) => `${path}: ${fix}`);
    expect(lines).toContain("mmdebstrap: apt-get install mmdebstrap");
    expect(lines).toContain("qemu-img: apt-get install qemu-utils");
    expect(lines).toContain("mcopy: apt-get install mtools");
    expect((await lacksForImage("raw", "/tmp/x")).map(({ path }) => path)).not.toContain("qemu-img");
  } finally {
    process.env.PATH = before;
    rmSync(folder, { recursive: true });
  }
});

describe("digests of an image", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-digests-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [file, list, key] = ["a.raw", "a.raw.sha256", "key"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];

  it("are as sha256sum reads them, and signed with the owner's key as ssh-keygen checks it", async () => {
    writeFileSync(file, "disk");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
    await writeDigests(list, [file], key);
    execFileSync("sha256sum", ["--check", "--strict", list], { cwd: folder, stdio: "ignore" });
    writeFileSync(join(folder, "signers"), `owner ${readFileSync(`${key}.pub`, "utf8")}`);
    const check = (text: string) =>
      spawnSync(
        "ssh-keygen",
        ["-Y", "verify", "-f", join(folder, "signers"), "-I", "owner", "-n", IMAGE_NAMESPACE, "-s", `${list}.sig`],
        { input: text },
      ).status;
    expect(check(readFileSync(list, "utf8"))).toBe(0);
    expect(check(`${readFileSync(list, "utf8")} `)).not.toBe(0);
  });

  it("are not signed with what is no key, which is told before twenty minutes of building", async () => {
    await expect(writeDigests(list, [file], file)).rejects.toThrow(`--key: ssh-keygen does not sign with ${file}: `);
    const told = async (name: string) => (await keyProblems(name)).map(({ fact }) => fact);
    expect(await told(file)).toEqual([`${file} is no SSH key`]);
    expect(await told(folder)).toEqual([`there is no file ${folder}`]);
    expect([await told(key), await told(`${key}.pub`)]).toEqual([[], []]);
    chmodSync(key, 0o640);
    expect(await told(key)).toEqual([`others may read ${key}, and ssh-keygen signs with no such key`]);
  });
});
