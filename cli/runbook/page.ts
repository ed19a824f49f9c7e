import { join } from "node:path";
import type { Element, ElementContent } from "hast";
import { h } from "hastscript";
import { drawingsOf } from "../report/html/drawing";
import { pageOf } from "../report/html/page";
import type { Procedure, Step } from "./procedure";
import type { Runbook } from "./runbook";
import { caseTable, certificateTable, contactTable, machineTable, networkTable, words } from "./tables";

/** The page on which each chapter of the printed runbook begins, by the chapter's id. */
export type PageNumbers = ReadonlyMap<string, number>;

interface Chapter {
  id: string;
  title: string;
  /** The lines of the first page that lead here. */
  seen: string[];
  inside: ElementContent[];
}

/**
 * The runbook as one page that needs nothing but itself. Every command carries what it is for in its attributes.
 *
 * @param pages known once it was printed; chapters are found by their numbers without it
 */
export function runbookPage(runbook: Runbook, pages?: PageNumbers): string {
  const [drawing] = drawingsOf({ stack: runbook.stack, machines: [], others: [], drawing: runbook.drawing });
  const [day, time] = [runbook.made.slice(0, 10), runbook.made.slice(11, 16)];
  const made = h("p", [
    `Stack ${runbook.stack}, made on `,
    h("span.whole", `${day} at ${time} UTC`),
    ". Make it again after every change.",
  ]);
  const chapters = chaptersOf(runbook);
  return pageOf({
    title: `Runbook of ${runbook.site}`,
    style: [join(__dirname, "runbook.css")],
    header: h("header.runbook", [h("h1", `Runbook of ${runbook.site}`), made]),
    main: [
      ...warned(runbook.warnings),
      section("who", "Who to call", contactTable(runbook)),
      section("seen", "What you see, and where to go on", seen(chapters, pages)),
      ...(drawing ? [drawing] : []),
      contents(chapters, pages),
      ...chapters.map(({ id, title, inside }, i) => section(id, `${i + 1} ${title}`, ...inside)),
    ],
  });
}

function chaptersOf(runbook: Runbook): Chapter[] {
  const plain = (id: string, title: string, of: string[], ...inside: ElementContent[]): Chapter => ({
    id,
    title,
    seen: of,
    inside,
  });
  return [
    plain("access", "Get in", ["You begin: this comes before everything else"], steps(runbook.access, "access")),
    plain("health", "What works, and what does not", ["You do not know what it is"], steps(runbook.health, "health")),
    ...runbook.kinds.map(chapter),
    chapter(runbook.quorum),
    plain(
      "restore",
      "Restore from a backup",
      ["No member of etcd has its data, or it was destroyed by mistake"],
      steps(runbook.restore, "restore"),
    ),
    ...runbook.others.map(chapter),
    plain("never", "Never", [], never()),
    plain("where", "Where everything lies", [], networkTable(runbook), machineTable(runbook)),
    plain("certificates", "Certificates", [], ...certificateTable(runbook)),
  ];
}

function chapter(procedure: Procedure): Chapter {
  const { id, title, seen } = procedure;
  return { id, title, seen, inside: procedureBody(procedure) };
}

function section(id: string, title: string, ...inside: ElementContent[]): Element {
  return h("section", { id, ariaLabelledBy: `${id}-title` }, [h("h2", { id: `${id}-title` }, words(title)), ...inside]);
}

/** What a reader knows leads to what a reader needs. */
function seen(chapters: readonly Chapter[], pages?: PageNumbers): Element {
  const row = ({ id, title, seen }: Chapter, i: number) =>
    h("tr", [
      h(
        "th",
        { scope: "row" },
        seen.map((text) => h("div", words(text))),
      ),
      h("td", [`${i + 1} `, ...words(title)]),
      h("td.whole", h("a", { href: `#${id}` }, pages ? `page ${pages.get(id)}` : `chapter ${i + 1}`)),
    ]);
  const head = ["What you see", "Chapter", "Go to"].map((text) => h("th", { scope: "col" }, text));
  const rows = chapters.flatMap((one, i) => (one.seen.length > 0 ? [row(one, i)] : []));
  return h("div.scroll", { tabIndex: 0 }, h("table", [h("thead", h("tr", head)), h("tbody", rows)]));
}

function contents(chapters: readonly Chapter[], pages?: PageNumbers): Element {
  const links = chapters.map(({ id, title }, i) =>
    h("li", h("a", { href: `#${id}` }, [`${i + 1} `, ...words(title), pages ? `, page\u00a0${pages.get(id)}` : ""])),
  );
  return h("nav", { ariaLabel: "Contents" }, [h("h2", "Contents"), h("ul.contents", links)]);
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

function procedureBody({ id, happens, cases, see, ways }: Procedure): Element[] {
  return [
    h(
      "ul.happens",
      happens.map((text) => h("li", words(text))),
    ),
    ...caseTable(id, cases),
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
