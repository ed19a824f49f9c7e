import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { vspherePlugin, vsphereVersion } from "../../lab/toolchain/vsphere";
import { type Datacenter, destroyDatacenter, startDatacenter } from "../../lab/vcenter/datacenter";
import { inventoryOf, type SiteHardware } from "../../lab/vcenter/inventory";
import { demoPlan, type Resource } from "./demoStack";
import { type InstalledPlugin, Project } from "./project";
import { onFreeSubnet } from "./vcenter/subnet";

/** The pack, as the command line takes it. */
export const pack = join(repository, "policies");

/** A vCenter with the demo's hosts and devices, in which nothing is ever made. */
export interface TestCenter {
  datacenter: Datacenter;
  /** The file of the certificate that vCenter shows, for programs that verify it. */
  certificate: string;
  stop(): Promise<void>;
}

const folders = "groundwork-test-vcenter-";
let started = 0;

export async function startTestCenter(
  spec: SiteHardware = demoPlan().spec,
  login?: { user: string; password: string },
): Promise<TestCenter> {
  await removeAbandoned();
  const lab = `${folders}${process.pid}-${started++}`;
  const state = join(tmpdir(), lab);
  mkdirSync(state, { mode: 0o700 });
  const inventory = inventoryOf(spec, "groundwork-no-image", { diskGiB: 4 });
  const datacenter = await onFreeSubnet((subnet) =>
    startDatacenter({ lab, state, subnet: `10.42.${subnet}.0/24`, inventory, login }),
  );
  const certificate = join(state, "certificate.pem");
  writeFileSync(certificate, await certificateOf(datacenter.server));
  return { datacenter, certificate, stop: () => remove(lab) };
}

function certificateOf(server: string): Promise<string> {
  const { hostname: host, port } = new URL(`https://${server}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw).toString());
      socket.end();
    });
    socket.on("error", reject);
  });
}

async function remove(lab: string): Promise<void> {
  await destroyDatacenter(lab, join(tmpdir(), lab));
  rmSync(join(tmpdir(), lab), { recursive: true, force: true });
}

/** What tests that were killed left behind. */
async function removeAbandoned(): Promise<void> {
  for (const lab of readdirSync(tmpdir()).filter((name) => name.startsWith(folders)))
    if (!existsSync(`/proc/${Number.parseInt(lab.slice(folders.length), 10)}`)) await remove(lab);
}

export async function vsphere(): Promise<InstalledPlugin> {
  return { name: "vsphere", version: vsphereVersion, folder: await ensure(vspherePlugin) };
}

/** A project whose program registers just these resources, with vCenter's own ids. */
export async function projectOf(
  resources: Resource[],
  { datacenter, certificate }: TestCenter,
  { spec } = demoPlan(),
): Promise<Project> {
  return Project.create({
    plugins: [await vsphere()],
    env: { ...datacenter.environment, SSL_CERT_FILE: certificate },
    files: {
      "index.ts": readFileSync(join(__dirname, "program/index.ts"), "utf8"),
      "resources.json": JSON.stringify({
        hypervisor: spec.hypervisor,
        hosts: spec.hosts.map(({ name }) => name),
        datastores: spec.hosts.flatMap(({ devices }) => devices.map(({ datastore }) => datastore)),
        resources,
      }),
    },
  });
}
