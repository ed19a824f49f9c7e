import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ensure } from "../../lab/toolchain/artifact";
import { vspherePlugin, vsphereVersion } from "../../lab/toolchain/vsphere";
import { type Declared, readSdk } from "./node";
import type { Schema } from "./plugin";
import { pythonSdk, readPythonSdk } from "./python";
import { functionsOf, missing, resourcesOf, type Shape } from "./shape";

/** Names of the bridged provider that the official one, bridged from a later version of the same, has no more. */
const gone = [
  "vsphere:index/virtualDisk:VirtualDisk: inputs.adapterType",
  "vsphere:index/virtualDisk:VirtualDisk: outputs.adapterType",
  "vsphere:index/virtualMachine:VirtualMachine: inputs.disks.name",
  "vsphere:index/virtualMachine:VirtualMachine: outputs.disks.name",
];

/** Provider inputs that were deprecated, and that the official one has no more. */
const goneFromProvider = ["vcenterServer"];

/** Inputs that the bridged provider requires and the official one does not. */
const stricter = ["vsphere:index/hostVirtualSwitch:HostVirtualSwitch: standbyNics"];

let official: Declared;
let bridged: Schema;
let sdk: Declared;

/** What `from` has and `other` has not, as `token` or `token: inputs.path`. */
function unknown(from: Map<string, Shape>, other: Map<string, Shape>): string[] {
  return [...from].flatMap(([token, shape]) => {
    const there = other.get(token);
    if (!there) return [token];
    return [
      ...missing(shape.inputs, there.inputs, "inputs."),
      ...missing(shape.outputs, there.outputs, "outputs."),
    ].map((path) => `${token}: ${path}`);
  });
}

/** What of these has to be given and need not be officially. */
function required(shapes: Map<string, Shape>): string[] {
  return [...shapes].flatMap(([token, shape]) => {
    const officially = official.resources.get(token)?.required ?? [];
    return shape.required.filter((name) => !officially.includes(name)).map((name) => `${token}: ${name}`);
  });
}

beforeAll(async () => {
  official = readPythonSdk(join(await ensure(pythonSdk("pulumi_vsphere", vsphereVersion)), "pulumi_vsphere"));
  bridged = JSON.parse(readFileSync(join(await ensure(vspherePlugin), "schema.json"), "utf8"));
  sdk = readSdk("@pulumi/vsphere");
});

describe("the official vSphere SDK", () => {
  it("is read in full", () => {
    expect(official.resources.size).toBeGreaterThan(50);
    expect(official.functions.size).toBeGreaterThan(25);
    const machine = official.resources.get("vsphere:index/virtualMachine:VirtualMachine");
    expect(machine?.required).toEqual(["resourcePoolId"]);
    expect(machine?.inputs.disks).toMatchObject({ datastoreId: true, unitNumber: true });
    expect(machine?.outputs.defaultIpAddress).toBe(true);
    expect(official.provider).toMatchObject({ vsphereServer: true, allowUnverifiedSsl: true });
  });
});

describe("the bridged vSphere plugin", () => {
  it("has no resource and no property that the official one has not", () => {
    expect(unknown(resourcesOf(bridged), official.resources)).toEqual(gone);
  });

  it("has no function that the official one has not", () => {
    const functions = [...functionsOf(bridged)].filter(([token]) => !token.startsWith("pulumi:providers:"));
    expect(functions.length).toBeGreaterThan(20);
    expect(unknown(new Map(functions), official.functions)).toEqual([]);
  });

  it("requires no input that the official one does not", () => {
    expect(required(resourcesOf(bridged))).toEqual(stricter);
  });
});

describe("our part of the vSphere SDK", () => {
  it("declares what the official one declares", () => {
    expect(sdk.resources.size).toBeGreaterThan(5);
    expect(unknown(sdk.resources, official.resources)).toEqual([]);
    expect(required(sdk.resources)).toEqual([]);
    expect(unknown(sdk.functions, official.functions)).toEqual([]);
    expect(missing(sdk.provider, official.provider)).toEqual(goneFromProvider);
  });

  it("is of the official version, so that the official plugin is what it asks for elsewhere", () => {
    const { version, pulumi } = require("@pulumi/vsphere/package.json");
    expect({ version, asked: pulumi.version }).toEqual({ version: vsphereVersion, asked: vsphereVersion });
  });
});
