import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { bundle } from "../../policies/bundle";
import * as types from "../../policies/types";
import { inputsOf, judged, type Props, type Reported, type Resource, unknown } from "../support/demoStack";
import { Project } from "../support/project";
import { unchecked } from "../support/standins";
import { startTestCenter, type TestCenter, vsphere } from "../support/testCenter";

/** Three machines of somebody's own program, on a host and a datastore each. */
function machines(): Resource[] {
  return ["a", "b", "c"].map((letter) => ({
    type: types.virtualMachine,
    name: `db-etcd-${letter}`,
    inputs: {
      name: `db-etcd-${letter}`,
      hostSystemId: `host-${letter}`,
      datastoreId: `datastore-${letter}`,
      numCpus: 2,
      memory: 4096,
      disks: [{ label: "disk0", size: 40, unitNumber: 0 }],
    },
  }));
}

const said = (reported: Reported[], rule: string) =>
  reported.filter(({ policy }) => policy === rule).map(({ message }) => message);
const settings = (set: Props) => ({ config: { settings: set } });

describe("machines of a program that knows no sites", () => {
  it("are judged by what machines alone tell", () => {
    const reported = judged(machines()).filter(({ level }) => level === "mandatory");
    expect(reported.map(({ policy }) => policy)).toEqual(["anti-affinity-mandatory"]);
    expect(said(judged(machines()), "backup-made")).toHaveLength(1);
  });

  it("share a device where they share a datastore", () => {
    const stack = machines();
    inputsOf(stack, "db-etcd-b").datastoreId = "datastore-a";
    expect(said(judged(stack), "etcd-distinct-devices")).toEqual([
      "machines.db-etcd-b.disks: etcd members db-etcd-a and db-etcd-b share device datastore-a (datastore datastore-a); " +
        "use another device for db-etcd-b; the site has no unused device: add one",
    ]);
    expect(judged(stack, { preview: false, stopAtFirst: true }).map(({ resource }) => resource)).toContain("db-etcd-b");
  });

  it("share a device where their datastores do, as the owner attests or the program says", () => {
    const attested = { "datastore-a": "naa.1", "datastore-b": "naa.1" };
    const message = "etcd members db-etcd-a and db-etcd-b share device naa.1 (datastores datastore-a and datastore-b)";
    expect(said(judged(machines(), settings({ devices: attested })), "etcd-distinct-devices")[0]).toContain(message);
    const datastore = (letter: string): Resource => ({
      type: types.vmfsDatastore,
      name: `made-${letter}`,
      inputs: { disks: ["naa.1"] },
      outputs: { id: `datastore-${letter}` },
    });
    const stack = [datastore("a"), datastore("b"), ...machines()];
    expect(said(judged(stack), "etcd-distinct-devices")[0]).toContain(message);
  });

  it("have the role that the owner says", () => {
    const stack = machines();
    for (const [i, resource] of stack.entries()) Object.assign(resource.inputs, { name: `pg-${i}`, datastoreId: "d" });
    expect(said(judged(stack), "etcd-distinct-devices")).toEqual([]);
    expect(said(judged(stack, settings({ roles: { etcd: "^pg-" } })), "etcd-distinct-devices")).toHaveLength(1);
  });

  it("are undecided while it is not known where they will be", () => {
    const stack = machines();
    inputsOf(stack, "db-etcd-b").datastoreId = unknown;
    expect(said(judged(stack), "decided").join("\n")).toMatch(
      /etcd-distinct-devices.*undecided.*db-etcd-b \(datastore of disk disk0\)/,
    );
  });
});

const program = `
import * as vsphere from "@pulumi/vsphere";

const provider = new vsphere.Provider("mine", { allowUnverifiedSsl: true });
const invoke = { provider };
const datacenterId = vsphere.getDatacenterOutput({ name: "DC0" }, invoke).id;
const cluster = vsphere.getComputeClusterOutput({ name: "C0", datacenterId }, invoke);
const template = vsphere.getVirtualMachineOutput({ name: "groundwork-node", datacenterId }, invoke);
const networkId = vsphere.getNetworkOutput({ name: "VM Network", datacenterId }, invoke).id;
const host = (name: string) => vsphere.getHostOutput({ name, datacenterId }, invoke).id;
const datastore = (name: string) => vsphere.getDatastoreOutput({ name, datacenterId }, invoke).id;

for (const [name, on, store] of [["etcd-1", "esx-1", "esx-1-a"], ["etcd-2", "esx-2", "esx-2-a"], ["etcd-3", "esx-1", "esx-1-a"]] as const)
  new vsphere.VirtualMachine(name, {
    name,
    resourcePoolId: cluster.resourcePoolId,
    hostSystemId: host(on),
    datastoreId: datastore(store),
    numCpus: 2,
    memory: 4096,
    guestId: template.guestId,
    networkInterfaces: [{ networkId }],
    disks: [{ label: "disk0", size: 40 }],
    clone: { templateUuid: template.id },
    waitForGuestNetTimeout: 0,
  }, { provider });
`;

/** The pack as npm makes a package of it and unpacks it, with what it needs beside it. */
async function published(root: string): Promise<string> {
  const made = join(root, "made");
  await bundle(made);
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--silent"], { cwd: made, encoding: "utf8" }),
  );
  const folder = join(root, "node_modules/groundwork-policies");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", join(made, filename), "-C", folder, "--strip-components=1"]);
  symlinkSync(join(repository, "node_modules/@pulumi"), join(root, "node_modules/@pulumi"));
  return folder;
}

describe("a small program of somebody else's, through the pulumi command", () => {
  let center: TestCenter;
  let project: Project;
  const root = mkdtempSync(join(tmpdir(), "groundwork-published-"));
  beforeAll(async () => {
    center = await startTestCenter();
    const env = { ...center.datacenter.environment, ...unchecked };
    project = await Project.create({ files: { "index.ts": program }, plugins: [await vsphere()], env });
  });
  afterAll(async () => {
    project?.remove();
    await center?.stop();
    rmSync(root, { recursive: true });
  });

  it("is refused for the device that two members share, by the published pack", async () => {
    const folder = await published(root);
    const { code, output } = await project.preview("--policy-pack", folder);
    const { version } = JSON.parse(readFileSync(join(repository, "policies/package.json"), "utf8"));
    expect(output).toContain(`groundwork@v${version}`);
    expect(output).toMatch(
      /machines\.etcd-3\.disks: etcd members etcd-1 and etcd-3 share device (datastore-\d+) \(datastore \1\); /,
    );
    expect(output).toContain(
      "[mandatory]  etcd-distinct-devices  (vsphere:index/virtualMachine:VirtualMachine: etcd-3)",
    );
    expect(output).not.toContain("control-planes-two");
    expect(code).not.toBe(0);
    const page = readFileSync(join(folder, "docs/etcd-distinct-devices.md"), "utf8");
    expect(page).toContain("# etcd-distinct-devices");
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("](docs/README.md)");
  });
});
