import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { stringify } from "yaml";
import { NARROW_FIRST } from "../../site/description/failureDomains";
import { printable } from "../../site/description/problem";
import { UnusableInput } from "../document";
import { type DiscoveredDevice, type Hardware, readHardware } from "../vsphere/hardware";
import { Session } from "../vsphere/session";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

interface DiscoverOptions {
  server?: string;
  user?: string;
  cluster?: string;
  ca?: string;
  insecure?: boolean;
  evidence?: string;
}

/** `groundwork discover`: the hosts of a site's description, read from vCenter. */
export function discoverCommand(): Command {
  return new Command("discover")
    .description("read hosts, datastores and the disks below them from vCenter, as the hosts of a site's description")
    .option("--server <name>", "vCenter, with :port if it is not 443 (default: VSPHERE_SERVER)")
    .option("--user <name>", "who reads (default: VSPHERE_USER); the password is taken from VSPHERE_PASSWORD")
    .option("--cluster <name>", "the hosts of this cluster only")
    .option("--ca <file>", "trust this certificate authority")
    .option("--insecure", "trust any certificate: in a lab only")
    .option("--evidence <file>", "keep how each device was found, as JSON")
    .action(async (options: DiscoverOptions) => {
      try {
        const hardware = await discover(options, process.env);
        if (options.evidence) writeFileSync(options.evidence, `${JSON.stringify(hardware, null, 2)}\n`);
        process.stdout.write(hostsYaml(hardware));
        for (const note of hardware.notes) process.stderr.write(`${note.replace(CONTROL, " ")}\n`);
      } catch (e) {
        if (!(e instanceof UnusableInput)) throw e;
        process.stderr.write(`${e.message}\n`);
        process.exitCode = 2;
      }
    });
}

export async function discover(options: DiscoverOptions, env: NodeJS.ProcessEnv): Promise<Hardware> {
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
    const hardware = await readHardware(session, options.cluster);
    if (hardware.hosts.length > 0) return hardware;
    const where = options.cluster ? `cluster ${options.cluster} has no host` : "it has no host";
    throw new UnusableInput([
      { path: server, fact: `${where} that ${user} can see`, fix: "check the cluster's name and the user's role" },
    ]);
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

/** The hosts as a site's description wants them; how each device was found is said above it. */
export function hostsYaml({ product, hosts, sharedStorage }: Hardware): string {
  const lines = [
    `# Read from ${printable(product)}. vCenter does not know what a RAID controller hides: attest redundancy yourself.`,
    `# Add reliability, ecc, power, ${NARROW_FIRST.slice(0, -1).join(", ")} and ${NARROW_FIRST.at(-1)} where you know them.`,
    "hosts:",
  ];
  for (const { devices, ...host } of hosts) {
    lines.push(...indented(stringify([host]).trimEnd(), 2), "    devices:");
    for (const device of devices) lines.push(...deviceYaml(device, {}));
  }
  if (sharedStorage.length > 0) lines.push("sharedStorage:");
  const all = hosts.length;
  for (const device of sharedStorage)
    lines.push(
      ...deviceYaml(device, { kind: device.kind, ...(device.hosts.length < all && { hosts: device.hosts }) }).map(
        (line) => line.slice(4),
      ),
    );
  return `${lines.join("\n")}\n`;
}

function deviceYaml(
  { id, media, capacityGiB, datastores, evidence }: DiscoveredDevice,
  more: { kind?: string; hosts?: string[] },
): string[] {
  const [single] = datastores;
  const where = more.kind || datastores.length > 1 ? { datastores } : { datastore: single };
  const found = evidence.map((e) => {
    const extents = e.extents.map((x) => `${x.disk}${x.partition ? ` partition ${x.partition}` : ""}`).join(", ");
    const chain = [`${e.datastore} (${e.datastoreId})`, `${e.type} ${e.volume ?? ""}`, extents || id, e.model];
    // A name may hold anything, and must not get out of its comment.
    return `# ${chain
      .filter(Boolean)
      .map((link) => printable(String(link)))
      .join(" -> ")}`;
  });
  return indented(
    [...found, stringify([{ ...more, id, media, redundancy: "none", capacityGiB, ...where }]).trimEnd()].join("\n"),
    6,
  );
}

function indented(text: string, by: number): string[] {
  return text.split("\n").map((line) => `${" ".repeat(by)}${line}`);
}
