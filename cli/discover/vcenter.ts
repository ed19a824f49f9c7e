import { readFileSync } from "node:fs";
import { Option } from "commander";
import type { Hardware } from "../../sdks/vcenter/discovered";
import { readHardware } from "../../sdks/vcenter/hardware";
import { Session } from "../../sdks/vcenter/session";
import { UnusableInput } from "../../site/description/unusableInput";

/** Which vCenter is read, by whom. The password is in VSPHERE_PASSWORD. */
export interface VcenterOptions {
  /** By default VSPHERE_SERVER. */
  server?: string;
  /** By default VSPHERE_USER. */
  user?: string;
  cluster?: string;
  datacenter?: string;
  ca?: string;
  insecure?: boolean;
}

/** Who reads, and where. */
export interface Reader {
  server: string;
  user: string;
}

/** Flags of the commands that read a vCenter. */
export const vcenterFlags = {
  server: new Option("--server <name>", "vCenter, with :port if it is not 443 (default: VSPHERE_SERVER)"),
  user: new Option("--user <name>", "who reads (default: VSPHERE_USER); the password is taken from VSPHERE_PASSWORD"),
  ca: new Option("--ca <file>", "trust this certificate authority"),
  insecure: new Option("--insecure", "trust any certificate: in a lab only"),
};

/** The hosts, devices and datastores of a vCenter, or of one cluster or datacenter of it. */
export async function discover(options: VcenterOptions, env: NodeJS.ProcessEnv): Promise<Hardware> {
  return withVcenter(options, env, (session, reader) => hardwareOf(session, reader, options));
}

/** The same in a session that is open. */
export async function hardwareOf(
  session: Session,
  { server, user }: Reader,
  { cluster, datacenter }: Pick<VcenterOptions, "cluster" | "datacenter">,
): Promise<Hardware> {
  const hardware = await readHardware(session, cluster, datacenter);
  if (hardware.hosts.length > 0) return hardware;
  const where = cluster
    ? `cluster ${cluster} has no host`
    : datacenter
      ? `datacenter ${datacenter} has no host`
      : "it has no host";
  throw new UnusableInput([
    { path: server, fact: `${where} that ${user} can see`, fix: "check the cluster's name and the user's role" },
  ]);
}

/** Reads something in a session of its own. */
export async function withVcenter<T>(
  options: VcenterOptions,
  env: NodeJS.ProcessEnv,
  read: (session: Session, reader: Reader) => Promise<T>,
): Promise<T> {
  const server = options.server ?? env.VSPHERE_SERVER;
  const user = options.user ?? env.VSPHERE_USER;
  const password = env.VSPHERE_PASSWORD;
  const missing = [
    ...(server ? [] : [{ path: "--server", fact: "no server is named", fix: "pass --server or set VSPHERE_SERVER" }]),
    ...(user ? [] : [{ path: "--user", fact: "no user is named", fix: "pass --user or set VSPHERE_USER" }]),
    ...(password
      ? []
      : [{ path: "VSPHERE_PASSWORD", fact: "it is not set", fix: "put the password into the environment" }]),
  ];
  if (!server || !user || !password) throw new UnusableInput(missing);
  const session = await Session.open({ server, user, password, insecure: options.insecure, ca: readCa(options.ca) });
  try {
    return await read(session, { server, user });
  } finally {
    await session.close();
  }
}

function readCa(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UnusableInput([{ path: "--ca", fact: `${file} cannot be read`, fix: "name a PEM file" }]);
  }
}
