import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import { aloneUntil } from "../../site/life/alone";
import { qualifiedWords } from "../../site/life/qualifiedDisk";
import type { Case } from "./procedure";
import type { Runbook } from "./runbook";

type Cell = string | Element | (string | Element)[];

export function contactTable({ contacts }: Runbook): Element {
  if (contacts.length === 0)
    return h("p", words("Nobody is named. Write `contacts` into the site's description, and make this again."));
  return table(
    ["Who", "For what", "Telephone", "Mail"],
    contacts.map(({ name, role, phone, mail }) => [
      name,
      role,
      phone ? h("a.whole", { href: `tel:${phone.replace(/[^+0-9]/g, "")}` }, phone) : "–",
      mail ? h("a", { href: `mailto:${mail}` }, mail) : "–",
    ]),
  );
}

/** Which ones of a kind there are, and what each costs. A machine stops with itself: only the others have a column for that. */
export function caseTable(procedure: string, cases: readonly Case[]): Element[] {
  if (cases.length === 0) return [];
  const alone = procedure === "machine" || procedure === "network" || procedure === "endpoint";
  const heads = ["Which one", ...(alone ? [] : ["Its machines"]), "etcd", "API", "Workers left"];
  return [
    table(
      heads,
      cases.map(({ names, machines, etcd, api, workers }) => [
        listed(names),
        ...(alone ? [] : [machines.length === 0 ? "none" : listed(machines, " ")]),
        mattering(etcd),
        mattering(api),
        workers,
      ]),
    ),
  ];
}

export function networkTable({ network, endpoint }: Runbook): Element {
  return table(
    ["What", "Where"],
    [["API", endpoint], ...network.map(({ name, value }) => [name, value])].map((row) => row as string[]),
  );
}

/** Of members' data disks also how fast they were when they were new (p99 of fsync): what `groundwork status` shows is compared with it. */
export function machineTable({ machines, disks }: Runbook): Element {
  const fsync = (machine: string) => (disks?.has(machine) ? `, fsync ${qualifiedWords(disks.get(machine))}` : "");
  return table(
    ["Machine", "Role", "Address", "Host", "Disks: datastore, device"],
    machines.map(({ name, role, address, host, disks }) => [
      whole(name),
      whole(role.replace("-", " ")),
      address,
      whole(host),
      disks
        .map((disk, i) => {
          const holdsData = i === disks.length - 1;
          return `${disk.name}: ${disk.datastore}, ${disk.device}${holdsData ? fsync(name) : ""}`;
        })
        .join("; "),
    ]),
  );
}

/** Until when the site goes on if nobody comes, and every certificate. */
export function certificateTable({ certificates }: Runbook): Element[] {
  if (certificates.length === 0) return [h("p", "None yet: nothing of this site runs.")];
  const alone = aloneUntil(certificates);
  const list = table(
    ["Expires", "Certificate", "For", "On"],
    certificates.map(({ expires, id, purpose, machines }) => [
      whole(day(expires)),
      whole(id),
      purpose,
      machines.length > 0 ? listed(machines) : "the state only",
    ]),
  );
  if (alone === undefined) return [list];
  const { until, first, next } = alone;
  const then = next ? `, then \`${next.id}\` on ${day(next.ends)}` : "";
  const told = `Without an \`up\` the site goes on until ${day(until)}: \`${first}\` ends first${then}.`;
  return [h("p", words(told)), list];
}

const day = (time: string): string => time.slice(0, 10);

/** What stands between backticks is a command or a name. */
export function words(text: string): (string | Element)[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? h("code", part) : part));
}

/** Names that no line breaks. */
function listed(names: readonly string[], between = ", "): (string | Element)[] {
  return names.flatMap((name, i) => [...(i > 0 ? [between] : []), whole(name)]);
}

function whole(text: string): Element {
  return h("span.whole", text);
}

function mattering(text: string): Cell {
  return text.split(/(\bNO quorum\b|\bNOT\b)/).map((part, i) => (i % 2 === 1 ? h("strong.lost", part) : part));
}

function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Element {
  const head = h(
    "tr",
    heads.map((text) => h("th", { scope: "col" }, text)),
  );
  const body = rows.map(([first, ...others]) =>
    h("tr", [
      h("th", { scope: "row" }, first as ElementContent[]),
      ...others.map((cell) => h("td", cell as ElementContent[])),
    ]),
  );
  return h("div.scroll", { tabIndex: 0 }, h("table", [h("thead", head), h("tbody", body)]));
}
