import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { linkPlugins } from "../../lab/toolchain/plugins";
import { vsphereVersion } from "../../lab/toolchain/vsphere";

// A lab can be run with plugins of another build: with the official ones, where they can be had.

const vsphere = `resource-vsphere-v${vsphereVersion}`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-plugins-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function official(name: string): void {
  mkdirSync(join(folder, "official", name), { recursive: true });
  writeFileSync(join(folder, "official", name, "pulumi-resource-vsphere"), "the official one");
}
const linked = (name: string, program: string) => join(folder, "home/plugins", name, program);

it("takes those that are of the very version, and the lab's own for what is not there", async () => {
  official(vsphere);
  vi.stubEnv("GROUNDWORK_LAB_PLUGINS", join(folder, "official"));
  await linkPlugins(join(folder, "home"));
  expect(readFileSync(linked(vsphere, "pulumi-resource-vsphere"), "utf8")).toBe("the official one");
  vi.unstubAllEnvs();
  await linkPlugins(join(folder, "home"));
  expect(readFileSync(linked(vsphere, "pulumi-resource-vsphere")).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
});

it("says so when there is none of them", async () => {
  official("resource-vsphere-v1.2.3");
  vi.stubEnv("GROUNDWORK_LAB_PLUGINS", join(folder, "official"));
  await expect(linkPlugins(join(folder, "home"))).rejects.toThrow(
    new RegExp(`^GROUNDWORK_LAB_PLUGINS: .*/official has none of .*${vsphere}.*; put one there`),
  );
  expect(existsSync(join(folder, "home"))).toBe(false);
});
