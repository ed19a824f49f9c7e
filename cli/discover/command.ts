import { Command } from "commander";
import { parse, stringify } from "yaml";
import type { DiscoveredDevice, Hardware } from "../../sdks/vcenter/discovered";
import { NARROW_FIRST } from "../../site/description/failureDomains";
import { hardwareProblems } from "../../site/description/parse";
import { formatProblem, printable } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { writeWhole } from "../output/file";
import { discover, type VcenterOptions, vcenterFlags } from "./vcenter";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

interface DiscoverOptions extends VcenterOptions {
  evidence?: string;
}

/** `groundwork discover`: the hosts of a site's description, read from vCenter. */
export function discoverCommand(): Command {
  return new Command("discover")
    .description("read hosts, datastores and the disks below them from vCenter, as the hosts of a site's description")
    .addOption(vcenterFlags.server)
    .addOption(vcenterFlags.user)
    .option("--cluster <name>", "the hosts of this cluster only")
    .option("--datacenter <name>", "the hosts of this datacenter only, where several have a cluster of that name")
    .addOption(vcenterFlags.ca)
    .addOption(vcenterFlags.insecure)
    .option("--evidence <file>", "keep how each device was found, as JSON")
    .action(async (options: DiscoverOptions) => {
      try {
        const hardware = await discover(options, process.env);
        if (options.evidence) writeWhole(options.evidence, `${JSON.stringify(hardware, null, 2)}\n`);
        process.stdout.write(hostsYaml(hardware));
        for (const problem of hardwareProblems(parse(hostsText(hardware)))) {
          process.stderr.write(`${formatProblem(problem)}\n`);
        }
        for (const note of hardware.notes) process.stderr.write(`${note.replace(CONTROL, " ")}\n`);
      } catch (e) {
        if (!(e instanceof UnusableInput)) throw e;
        process.stderr.write(`${e.message}\n`);
        process.exitCode = 2;
      }
    });
}

/**
 * The hosts as a site's description wants them; how each device was found is said above it. What a description cannot hold as
 * vCenter has it is said at the top, as `path: fact; fix`.
 */
export function hostsYaml(hardware: Hardware): string {
  const text = hostsText(hardware);
  const problems = hardwareProblems(parse(text));
  const lines = [
    `# Read from ${printable(hardware.product)}. vCenter does not know what a RAID controller hides: attest redundancy yourself.`,
    `# Add reliability, ecc, power, ${NARROW_FIRST.slice(0, -1).join(", ")} and ${NARROW_FIRST.at(-1)} where you know them.`,
    ...(problems.length > 0 ? ["# `groundwork plan` refuses it until these are corrected:"] : []),
    ...problems.map((problem) => `#   ${formatProblem(problem).replace(CONTROL, " ")}`),
  ];
  return `${lines.join("\n")}\n${text}`;
}

function hostsText({ hosts, sharedStorage }: Hardware): string {
  const lines = ["hosts:"];
  for (const { devices, ...host } of hosts) {
    lines.push(...indented(yaml([host]), 2), devices.length > 0 ? "    devices:" : "    devices: []");
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
  return indented([...found, yaml([{ ...more, id, media, redundancy: "none", capacityGiB, ...where }])].join("\n"), 6);
}

/** Each value on a line of its own, however long. */
function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function indented(text: string, by: number): string[] {
  return text.split("\n").map((line) => `${" ".repeat(by)}${line}`);
}
