import type { Element } from "hast";
import { h } from "hastscript";
import { type FleetOverview, type SiteLine, type SiteState, sentence } from "../../fleet/overview/model";
import { pageOf } from "../report/html/page";
import { cells, HEAD } from "./overviewText";

const MARKS: Record<SiteState, [string, string]> = {
  "needs a person": ["bad", "!"],
  unseen: ["caution", "?"],
  "not up": ["note", "–"],
  well: ["good", "✓"],
};

/** A fleet as one page that needs nothing but itself. */
export function overviewPage({ at, sites, untold, repair }: FleetOverview): string {
  const title = sentence(sites);
  const worst = sites.some(({ state }) => state === "needs a person");
  const verdict = worst ? "unsafe" : sites.some(({ state }) => state === "unseen") ? "unjudged" : "safe";
  const urgent = sites.filter(({ state, needs }) => state !== "well" && needs.length > 0);
  return pageOf({
    title,
    style: [],
    header: h(`header.${verdict}`, h("h1", title)),
    main: [
      h("p.hint", `Asked at ${at.slice(0, 16).replace("T", " ")} UTC. What needs a person comes first.`),
      ...(untold
        ? [h("p.hint", `The webhook was not told on ${untold.at.slice(0, 16).replace("T", " ")} UTC: ${untold.why}.`)]
        : []),
      ...(repair ? [h("p.hint", `Mending, on ${repair.at.slice(0, 16).replace("T", " ")} UTC: ${repair.what}.`)] : []),
      ...(urgent.length > 0 ? [h("h2", "What needs a person"), h("ul", urgent.map(need))] : []),
      h("h2", "Every site"),
      h("div.scroll", [
        h("table", [
          h(
            "thead",
            h(
              "tr",
              [...HEAD, "LABELS"].map((name) => h("th", { scope: "col" }, capitalised(name))),
            ),
          ),
          h("tbody", sites.map(row)),
        ]),
      ]),
    ],
  });
}

function need({ stack, needs, state }: SiteLine): Element {
  const [mark, sign] = MARKS[state];
  return h("li", [
    h(`span.sign.${mark}`, { ariaHidden: "true" }, sign),
    " ",
    h("strong", stack),
    `: ${needs[0]?.what}`,
    ...(needs[0]?.run === undefined ? [] : [h("br"), h("code", needs[0].run)]),
    ...(needs.length > 1
      ? [
          h("details", [
            h("summary", `${needs.length - 1} more`),
            h(
              "ul",
              needs
                .slice(1)
                .map(({ what, run }) => h("li", run === undefined ? what : [what, h("br"), h("code", run)])),
            ),
          ]),
        ]
      : []),
  ]);
}

function row(site: SiteLine): Element {
  const [stack = "", state = "", ...others] = cells(site);
  const [mark, sign] = MARKS[site.state];
  const labels = Object.entries(site.labels).map(([label, value]) => `${label}=${value}`);
  return h("tr", [
    h("th", { scope: "row" }, stack),
    h("td", [h(`span.sign.${mark}`, { ariaHidden: "true" }, sign), " ", state]),
    ...others.map((text) => h("td", text)),
    h("td", labels.join(", ")),
  ]);
}

function capitalised(name: string): string {
  return name.charAt(0) + name.slice(1).toLowerCase();
}
