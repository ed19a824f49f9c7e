import type { Element } from "hast";
import { h } from "hastscript";
import { eitherOf, FAILURE_DOMAINS, PLACES } from "../../../site/description/failureDomains";
import { type Failure, failureTitle, isDomain } from "../../../site/judge/failures/model";
import type { StackReport } from "../model";
import type { Drawing, SiteReport } from "../site";
import { hostCard, sharedCard, strayCard } from "./host";

/** A drawing of each site of a stack. */
export function drawingsOf({ stack, machines, others, ...first }: Drawn): Element[] {
  if (others.length === 0) return [drawingOf(stack, first, machines)].flatMap((one) => one ?? []);
  return [first, ...others].flatMap((site) => drawingOf(`${stack}-${site.site}`, site, machines, site.site) ?? []);
}

type Drawn = Pick<StackReport, "stack" | "machines" | "drawing" | "site"> & {
  others: readonly Pick<SiteReport, "drawing" | "site">[];
};

/** The site as it would be. What can fail can be clicked; what that costs is said above and shown in the drawing. */
function drawingOf(
  name: string,
  { drawing }: Pick<SiteReport, "drawing">,
  machines: StackReport["machines"],
  title = "The site",
): Element | undefined {
  if (!drawing) return undefined;
  const { facts, failures, gone } = drawing;
  const id = `site-${name.replace(/[^A-Za-z0-9-]/g, "-")}`;
  const changes = new Map(machines.map((change) => [change.machine, change]));
  const local = facts.devices.filter((d) => d.hosts.length === 1);
  const shared = facts.devices.filter((d) => d.hosts.length !== 1);
  const known = new Set(facts.hosts.map(({ name }) => name));
  const stray = facts.machines.filter(({ host }) => host === undefined || !known.has(host));
  const cards = facts.hosts.map((host) =>
    hostCard({
      site: facts.site,
      host,
      machines: [...facts.machines, ...gone].filter((m) => m.host === host.name),
      devices: local.filter((d) => d.hosts[0] === host.name),
      all: facts.machines,
      changes,
    }),
  );
  return h("section.drawing", { id, ariaLabelledBy: `${id}-title` }, [
    h("h2", { id: `${id}-title` }, `${title}, and what a failure costs`),
    h(
      "p.hint",
      "Choose a host, a storage device or a machine to see what is lost without it; choose it again, or press Escape, to mend it.",
    ),
    status(facts, failures),
    wide(failures),
    h("div.hosts", [
      ...inPlaces(facts.hosts, cards),
      ...(shared.length > 0 ? [sharedCard(facts.site, shared, facts.machines)] : []),
      ...(stray.length > 0 ? [strayCard(facts.site, stray, changes)] : []),
    ]),
    legend(facts),
    failureTable(failures),
    h("script", { type: "application/json", className: ["failures"] }, embedded(drawing)),
  ]);
}

/** What holds now; a failure changes what it says. */
function status({ machines }: Drawing["facts"], failures: readonly Failure[]): Element {
  const count = (role: string) => machines.filter((m) => m.role === role).length;
  const tile = (key: string, title: string, good: string) =>
    h("div.tile", { dataTile: key, dataGood: good }, [h("dt", title), h("dd", good)]);
  const members = count("etcd");
  return h("div.status", [
    h("dl", [
      tile("etcd", "etcd", `quorum, ${members} of ${members} up`),
      tile("api", "API", failures.length > 0 ? "reachable" : "not known"),
      tile("data", "Data", "kept"),
      tile("workers", "Workers", `${count("worker")} of ${count("worker")} up`),
    ]),
    h("p.what", { role: "status", ariaLive: "polite" }, "Nothing has failed."),
  ]);
}

/** Failures that are no box of the drawing. */
function wide(failures: readonly Failure[]): Element {
  const wider = failures.filter(({ kind }) => isDomain(kind) || kind === "network");
  return h("p.wide", [
    "Also: ",
    ...wider.flatMap(({ kind, id }, i) => [
      i > 0 ? " " : "",
      h(
        "button",
        { type: "button", dataFailure: `${kind} ${id}`, ariaPressed: "false" },
        `${failureTitle(kind)} ${id}`,
      ),
    ]),
  ]);
}

function inPlaces(hosts: Drawing["facts"]["hosts"], cards: Element[]): Element[] {
  const widest = [...PLACES].reverse();
  const place = (host: (typeof hosts)[number]) =>
    widest.flatMap((kind) => (host[kind] ? [`${FAILURE_DOMAINS[kind].title} ${host[kind]}`] : [])).join(", ");
  const places = [...new Set(hosts.map(place))];
  if (places.length === 1 && places[0] === "") return cards;
  return places.map((name) =>
    h("div.place", [
      h("h3", name || `no ${eitherOf(PLACES)} named`),
      h(
        "div.hosts",
        cards.filter((_, i) => place(hosts[i] as never) === name),
      ),
    ]),
  );
}

function legend({ machines }: Drawing["facts"]): Element {
  const roles = [...new Set(machines.map(({ role }) => role))].sort();
  return h("ul.legend", { ariaLabel: "Colors" }, [
    ...roles.map((role) => h("li", [h(`span.swatch.${role}`), role.replace("-", " ")])),
    h("li", [h("span.swatch.down"), "down"]),
    h("li", [h("span.swatch.wiped"), "its data may be gone for good"]),
  ]);
}

/** The same in words: for screen readers, for paper, and for who prefers a table. */
function failureTable(failures: readonly Failure[]): Element {
  const heads = ["Failure of", "etcd", "API", "Data", "Workers left", "What to do"];
  const lost = (text: string) => h("strong.lost", text);
  const volumesLost = ({ volumes }: Failure) =>
    volumes && volumes.lost > 0 ? [", ", lost(`volumes of ${volumes.lost} workers lost`)] : [];
  return h("details.failures", [
    h("summary", `Every single failure in a table (${failures.length})`),
    h("div.scroll", { tabIndex: 0, role: "region", ariaLabel: "Every single failure" }, [
      h("table", [
        h(
          "thead",
          h(
            "tr",
            heads.map((text) => h("th", { scope: "col" }, text)),
          ),
        ),
        h(
          "tbody",
          failures.map((f) =>
            h("tr", [
              h(
                "th",
                { scope: "row" },
                h(
                  "button",
                  { type: "button", dataFailure: `${f.kind} ${f.id}`, ariaPressed: "false" },
                  `${f.kind.replace("-", " ")} ${f.id}`,
                ),
              ),
              h("td", f.etcdQuorum ? "quorum" : lost("no quorum")),
              h("td", f.apiReachable ? "up" : lost("down")),
              h("td", [f.dataLost ? lost("lost") : "kept", ...volumesLost(f)]),
              h("td", `${f.workersLeft} (${f.capacityLeft.cpus} CPUs, ${f.capacityLeft.memoryGiB} GiB)`),
              h("td", f.action.replaceAll("`", "")),
            ]),
          ),
        ),
      ]),
    ]),
  ]);
}

/** JSON that cannot end its element. */
function embedded({ failures, facts }: Drawing): string {
  const members = facts.machines.filter(({ role }) => role === "etcd").map(({ name }) => name);
  const workers = facts.machines.filter(({ role }) => role === "worker").length;
  return JSON.stringify({ failures, members, workers }).replaceAll("<", "\\u003c");
}
