import { join } from "node:path";
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import { drawingsOf } from "../report/html/drawing";
import { pageOf } from "../report/html/page";
import type { Procedure, Step } from "./procedure";
import type { Runbook } from "./runbook";

/** The runbook as one page that needs nothing but itself. Every command carries what it is for in its attributes. */
export function runbookPage(runbook: Runbook): string {
  const title = `Runbook of ${runbook.site}`;
  const [drawing] = drawingsOf({ stack: runbook.stack, machines: [], others: [], drawing: runbook.drawing });
  const made = `Stack ${runbook.stack}, made on ${runbook.made.slice(0, 10)} at ${runbook.made.slice(11, 16)} UTC. Make it again after every change.`;
  return pageOf({
    title,
    style: [join(__dirname, "runbook.css")],
    header: h("header.runbook", [h("h1", title), h("p", made)]),
    main: [
      ...warned(runbook.warnings),
      contents(),
      chapter("who", "Who to call", [contacts(runbook)]),
      chapter("access", "Get in", [steps(runbook.access, "access")]),
      chapter("health", "What works, and what does not", [steps(runbook.health, "health")]),
      chapter("fails", "What fails, and what to do", [
        h(
          "p",
          "Find what failed; the machines it took along have chapters of their own, which say the same of one machine.",
        ),
        ...runbook.failures.map(folded),
      ]),
      chapter("quorum", runbook.quorum.title, procedure(runbook.quorum)),
      chapter("restore", "Restore from a backup", [steps(runbook.restore, "restore")]),
      chapter("others", "Other trouble", runbook.others.map(folded)),
      chapter("never", "Never", [never()]),
      chapter("where", "Where everything lies", [network(runbook), machines(runbook)]),
      ...(drawing ? [drawing] : []),
      chapter("certificates", "Certificates", [certificates(runbook)]),
    ],
  });
}

const titles = {
  who: "Who to call",
  access: "Get in",
  health: "What works",
  fails: "What fails",
  quorum: "No quorum",
  restore: "Restore",
  others: "Other trouble",
  never: "Never",
  where: "Where things are",
  certificates: "Certificates",
};

function contents(): Element {
  const links = Object.entries(titles).map(([id, title]) => h("li", h("a", { href: `#${id}` }, title)));
  return h("nav", { ariaLabel: "Contents" }, h("ul.contents", links));
}

function chapter(id: keyof typeof titles, title: string, inside: ElementContent[]): Element {
  return h("section", { id, ariaLabelledBy: `${id}-title` }, [h("h2", { id: `${id}-title` }, title), ...inside]);
}

function warned(warnings: readonly string[]): Element[] {
  return warnings.length === 0
    ? []
    : [
        h(
          "div.warning",
          { role: "note" },
          warnings.map((text) => h("p", words(text))),
        ),
      ];
}

function contacts({ contacts }: Runbook): Element {
  if (contacts.length === 0)
    return h("p", words("Nobody is named. Write `contacts` into the site's description, and make this again."));
  return table(
    ["Who", "For what", "Telephone", "Mail"],
    contacts.map(({ name, role, phone, mail }) => [
      name,
      role,
      phone ? h("a", { href: `tel:${phone.replace(/[^+0-9]/g, "")}` }, phone) : "–",
      mail ? h("a", { href: `mailto:${mail}` }, mail) : "–",
    ]),
  );
}

function folded(of: Procedure): Element {
  return h("details.printed", { dataProcedure: of.id }, [h("summary", of.title), ...procedure(of)]);
}

function procedure({ id, happens, see, ways }: Procedure): Element[] {
  return [
    h(
      "ul.happens",
      happens.map((text) => h("li", words(text))),
    ),
    ...(see.length > 0 ? [h("h3", "How to see it"), steps(see, id)] : []),
    ...ways.flatMap((way) => [
      h("h3", words(`${ways.length > 1 ? "If: " : ""}${way.when}`)),
      steps(way.steps, id, way.id),
    ]),
  ];
}

function steps(all: readonly Step[], of: string, way?: string): Element {
  return h(
    "ol.steps",
    all.map(({ text, command, use }) =>
      h("li", [
        h("p", words(text)),
        ...(command
          ? [h("pre", { tabIndex: 0, dataUse: use, dataOf: of, ...(way && { dataWay: way }) }, h("code", command))]
          : []),
      ]),
    ),
  );
}

/** What stands between backticks is a command or a name. */
function words(text: string): (string | Element)[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? h("code", part) : part));
}

function never(): Element {
  return h("ul", [
    h("li", "Never remove an etcd member's data while another member is down."),
    h(
      "li",
      "Never bring an etcd machine back from a hypervisor's snapshot: its log would be in the past of the others'.",
    ),
    h("li", "Never change a file on a machine by hand to keep: the next change of that machine takes it back."),
  ]);
}

function network({ network, endpoint }: Runbook): Element {
  return table(
    ["What", "Where"],
    [["API", endpoint], ...network.map(({ name, value }) => [name, value])].map((row) => row as string[]),
  );
}

function machines({ machines }: Runbook): Element {
  return table(
    ["Machine", "Role", "Address", "Host", "Disks: datastore, device"],
    machines.map(({ name, role, address, host, disks }) => [
      name,
      role.replace("-", " "),
      address,
      host,
      disks.map((disk) => `${disk.name}: ${disk.datastore}, ${disk.device}`).join("; "),
    ]),
  );
}

function certificates({ certificates }: Runbook): Element {
  if (certificates.length === 0) return h("p", "None yet: nothing of this site runs.");
  return table(
    ["Expires", "Certificate", "For", "On"],
    certificates.map(({ expires, id, purpose, machines }) => [
      expires.slice(0, 10),
      id,
      purpose,
      machines.length > 0 ? machines.join(", ") : "the state only",
    ]),
  );
}

function table(heads: string[], rows: (string | Element)[][]): Element {
  const head = h(
    "tr",
    heads.map((text) => h("th", { scope: "col" }, text)),
  );
  const body = rows.map(([first, ...others]) =>
    h("tr", [h("th", { scope: "row" }, first), ...others.map((cell) => h("td", cell))]),
  );
  return h("div.scroll", { tabIndex: 0 }, h("table", [h("thead", head), h("tbody", body)]));
}
