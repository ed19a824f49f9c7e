import { byName } from "../../site/description/order";
import { bytes } from "../backup/state";
import { table } from "../output/table";
import type { Status } from "./model";

const MOST = 8;

/** A status on one screen: the verdict, what needs a person, and what there is. */
export function printStatus(status: Status): string {
  const { site, needs, notes, machines, members, address, certificate, alone, fatal } = status;
  const well = machines.filter(({ is }) => is === "well").length;
  const others = machines.filter(({ is }) => is !== "well");
  return [
    needs.length === 0
      ? `${site} is well.`
      : `${site} is NOT well: ${needs.length} ${needs.length === 1 ? "thing needs" : "things need"} a person.`,
    ...cut(needs.map(({ what, run }) => `  ${what}\n      ${run}`)),
    "",
    ...rows([
      [
        "machines",
        `${well} of ${machines.length} well${others.length > 0 ? `; ${listed(others.map(({ name, is }) => `${name} (${is})`))}` : ""}`,
      ],
      ["members", listed([...members].sort((a, b) => byName(a.name, b.name)).map(memberText))],
      ...(address
        ? [["address", `${address.address}, held by ${address.holders.join(" and ") || "nobody that answers"}`]]
        : []),
      [
        "versions",
        `Kubernetes ${status.kubernetes.join(", ") || "unknown"}; etcd ${status.etcd.join(", ") || "unknown"}`,
      ],
      ["certificate", certificate ? `${certificate.id} ends next, in ${certificate.days} days` : "none known"],
      ...(alone ? [["alone", `goes on until ${alone.until.slice(0, 10)} with no \`up\``]] : []),
      ["backup", status.backup],
      ["drill", status.drill],
      [
        "one failure",
        fatal.length === 0
          ? "of a machine, device or host costs neither etcd, the API nor data"
          : listed(fatal.map(({ kind, id, costs }) => `${kind} ${id} would cost ${costs}`)),
      ],
      ...notes.map((note) => ["note", note]),
    ]),
    "",
  ].join("\n");
}

function memberText(member: Status["members"][number]): string {
  if ("problem" in member) return `${member.name} (${member.problem})`;
  const leads = member.leader !== "0" && member.leader === member.id ? ", leads" : "";
  const first = member.qualifiedMs === undefined ? "" : ` (${member.qualifiedMs} ms at first)`;
  const fsync = member.fsyncMs === undefined ? "" : `, fsync ${member.fsyncMs} ms${first}`;
  return `${member.name} (${bytes(member.bytes)}${fsync}${leads}${member.learner ? ", learns" : ""})`;
}

function listed(parts: readonly string[]): string {
  return cut(parts).join("; ");
}

function cut(lines: readonly string[]): string[] {
  return lines.length > MOST ? [...lines.slice(0, MOST - 1), `… and ${lines.length - MOST + 1} more`] : [...lines];
}

function rows(all: string[][]): string[] {
  return table([], all).split("\n");
}
