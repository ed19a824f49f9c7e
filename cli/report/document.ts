import type { Failure } from "../../site/failures";
import type { Rank } from "../../site/rank";
import type { QuorumStep } from "./disruption";
import type { StackReport } from "./model";
import {
  type Block,
  code,
  codeBlock,
  folded,
  heading,
  list,
  mark,
  paragraph,
  strong,
  table,
  type Words,
} from "./nodes";
import type { Said } from "./policies";
import type { Report } from "./run";
import type { Survived } from "./survival";
import { listed, type Verdict } from "./verdict";

export const signs = { safe: "good", unsafe: "bad", unjudged: "caution" } as const;

/** What is to be said of all stacks together. */
export function overall({ stacks, removed }: Report): Verdict["is"] {
  const verdicts = stacks.map(({ verdict }) => verdict.is);
  if (verdicts.includes("unsafe")) return "unsafe";
  return verdicts.includes("unjudged") || (stacks.length === 0 && removed.length > 0) ? "unjudged" : "safe";
}

/** The first line: safe or not, and of what. */
export function headline(report: Report): string {
  const { stacks, removed } = report;
  const [only] = stacks;
  if (only === undefined) return removed.length > 0 ? "No site is judged" : "Safe: no site is touched";
  if (stacks.length === 1) return `${verdictWord(only)}: ${gist(only)}`;
  const count = stacks.filter(({ verdict }) => verdict.is === overall(report)).length;
  const word = { safe: "Safe", unsafe: "Unsafe", unjudged: "Could not be judged" }[overall(report)];
  return `${word}: ${count === stacks.length ? "" : `${count} of `}${stacks.length} sites`;
}

export function verdictWord({ verdict: { is, cautions } }: StackReport): string {
  if (is === "unsafe") return "Unsafe";
  if (is === "unjudged") return "Could not be judged";
  return cautions.length === 0
    ? "Safe"
    : `Safe, with ${cautions.length === 1 ? "a caution" : `${cautions.length} cautions`}`;
}

/** The change in half a sentence. */
export function gist(report: StackReport): string {
  const name = report.site ?? report.stack;
  if (report.verdict.is === "unjudged") return `${name}: the preview broke`;
  const what = machineCounts(report);
  return `${name}: ${what || (report.changes.length > 0 ? "no machine changes" : "nothing changes")}`;
}

export function machineCounts({ machines }: StackReport): string {
  const count = (kind: string) => machines.filter((m) => m.kind === kind).length;
  const restarted = machines.filter(({ kind, restarts }) => kind === "changed" && restarts).length;
  const parts = [
    [count("created"), "created"],
    [count("replaced"), "replaced"],
    [count("deleted"), "deleted"],
    [
      count("changed"),
      `changed in place${restarted > 0 ? ` (${restarted === 1 ? "1 restarts" : `${restarted} restart`})` : ""}`,
    ],
    [count("reconfigured"), "reconfigured"],
  ] as const;
  const said = parts
    .filter(([n]) => n > 0)
    .map(([n, what], i) => `${n}${i === 0 ? ` machine${n > 1 ? "s" : ""}` : ""} ${what}`);
  return said.join(", ");
}

/** The whole report but its first line, for Markdown and HTML alike. */
export function bodyOf(report: Report, stackBody: (stack: StackReport) => Block[]): Block[] {
  const { stacks, removed, scope } = report;
  const gone = removed.map((stack) =>
    paragraph([
      strong(stack),
      `: its file is removed, its machines are not; run \`pulumi destroy --stack ${stack}\` first if they should be.`,
    ]),
  );
  if (stacks.length === 1) return [...stackBody(stacks[0] as StackReport), ...gone, paragraph(`Judged: ${scope}.`)];
  return [
    ...(stacks.length > 0
      ? [
          table(
            ["Site", "Verdict", "Change"],
            stacks.map((s) => [
              s.site ?? s.stack,
              [mark(signs[s.verdict.is]), ` ${verdictWord(s)}`],
              gist(s).replace(/^[^:]+: /, ""),
            ]),
          ),
        ]
      : []),
    ...gone,
    paragraph(`Judged: ${scope}.`),
    ...stacks.map((s) => folded(`${s.site ?? s.stack}: ${verdictWord(s)}`, stackBody(s), s.verdict.is !== "safe")),
  ];
}

/** One site's part. `raw` is whether the engine's own diff is there, too. */
export function stackBlocks(report: StackReport, raw = true): Block[] {
  return [
    ...verdictBlocks(report),
    ...errorBlocks(report),
    ...machineBlocks(report),
    ...etcdBlocks(report),
    ...survivalBlocks(report),
    ...capacityBlocks(report),
    ...certificateBlocks(report),
    ...policyBlocks(report),
    ...(raw ? rawBlocks(report) : [paragraph("The raw diff is too long for this place; the HTML has it.")]),
  ];
}

/** Why, what to look at, and what to know, in this order. */
function verdictBlocks({ verdict: { reasons, cautions, is }, notes }: StackReport): Block[] {
  const points: Words[] = [
    ...reasons.map((reason) => [mark(is === "unsafe" ? "bad" : "caution"), " ", ...reasonWords(reason)]),
    ...cautions.map((caution) => [mark("caution"), ` ${caution}`]),
    ...notes.map((note) => [mark("note"), ` ${note}`]),
  ];
  return points.length > 0 ? [list(points)] : [];
}

function reasonWords(reason: string): (string | ReturnType<typeof strong>)[] {
  const [, policy, message] = /^policy (\S+): ([\s\S]*)$/.exec(reason) ?? [];
  return policy && message ? ["policy ", code(policy), `: ${message}`] : [strong(reason)];
}

function errorBlocks({ errors, warnings }: StackReport): Block[] {
  return [
    ...(errors.length > 0 ? [heading(3, "What went wrong"), codeBlock(errors.join("\n\n"), "text")] : []),
    ...(warnings.length > 0
      ? [
          folded(`${warnings.length} ${warnings.length > 1 ? "warnings" : "warning"} of the engine`, [
            codeBlock(warnings.join("\n\n"), "text"),
          ]),
        ]
      : []),
  ];
}

const kinds = {
  created: "created",
  replaced: "deleted and made anew",
  deleted: "deleted",
  changed: "changed in place",
  reconfigured: "reconfigured, runs on",
};

function machineBlocks(report: StackReport): Block[] {
  const { machines, unchanged, changes } = report;
  if (machines.length === 0)
    return changes.length > 0
      ? [paragraph(`No machine changes. ${resources(report)}`)]
      : report.verdict.is === "unjudged"
        ? []
        : [paragraph(`Nothing changes: ${unchanged} resources stay as they are.`)];
  return [
    heading(3, "Machines"),
    paragraph(`${machineCounts(report)}. ${resources(report)}`),
    table(
      ["Machine", "Role", "What happens", "Because of"],
      machines.map((m) => [
        code(m.machine),
        m.role?.replace("-", " ") ?? "none of the site's",
        m.kind === "changed" && m.restarts
          ? "changed in place, restarts"
          : m.kind === "changed" && m.because.length === 0
            ? "was changed without Pulumi"
            : kinds[m.kind],
        lines([...m.because, ...m.drift.map((found) => `found: ${found}`)]),
      ]),
    ),
  ];
}

function resources({ changes, unchanged }: StackReport): string {
  const changed = changes.filter(({ op }) => op !== "found").length;
  return `In all, ${changed} ${changed === 1 ? "resource changes" : "resources change"}, ${unchanged} stay as they are.`;
}

const manyCauses = 6;

function lines(causes: readonly string[]): Words {
  const shown =
    causes.length > manyCauses
      ? [...causes.slice(0, manyCauses - 1), `${causes.length - manyCauses + 1} more`]
      : causes;
  return shown.flatMap((cause, i) => [...(i > 0 ? ["; "] : []), code(cause)]);
}

function etcdBlocks({ disruption: { etcd, events, others } }: StackReport): Block[] {
  const stores = [{ name: "etcd", ...etcd }, ...(events ? [{ name: "The store of events", ...events }] : [])].filter(
    ({ steps }) => steps.length > 0,
  );
  if (stores.length === 0 && others.length === 0) return [];
  return [
    heading(3, "While it is applied"),
    ...(stores.length === 0 ? [paragraph("etcd is not touched.")] : []),
    ...stores.flatMap(({ name, steps, replaced }): Block[] => [
      paragraph(
        replaced.length > 0
          ? [
              `${name}: `,
              strong(`${listed(replaced)} ${replaced.length > 1 ? "are" : "is"} replaced`),
              ". Steps that nothing holds apart are taken to be at the same time.",
            ]
          : `${name}: no member is replaced.`,
      ),
      table(["Step", "Members up", "Quorum"], steps.map(stepRow)),
    ]),
    ...(others.length > 0
      ? [list(others.map(({ role, up, of }) => `${role.replace("-", " ")}s: ${up} of ${of} up at the worst moment`))]
      : []),
  ];
}

function stepRow({ what, up, of, quorum }: QuorumStep): Words[] {
  return [what, `${up} of ${of}`, quorum ? "holds" : strong("LOST")];
}

const plurals: Record<string, string> = {
  machine: "machine",
  "load-balancer": "load balancer",
  device: "storage device",
  datastore: "datastore",
  host: "host",
  rack: "rack",
  feed: "power feed",
  room: "room",
  network: "network",
};

function survivalBlocks({ survival, rank, before }: StackReport): Block[] {
  if (survival.kinds.length === 0) return [];
  const worse = survival.changes.filter((change) => change.worse);
  const better = survival.changes.filter((change) => !change.worse);
  return [
    heading(3, "What the site survives"),
    paragraph(rankWords(rank, before)),
    table(
      ["Failure of one", "etcd keeps quorum", "API stays up", "no data lost"],
      survival.kinds.map(({ kind, before: was, after }) => [
        plurals[kind] ?? kind,
        ...(["etcd", "api", "data"] as const).map((what) => fromTo(was, after, what)),
      ]),
    ),
    ...(worse.length > 0
      ? [
          paragraph(strong("No longer survived:")),
          list(worse.map((c) => `${plurals[c.kind]} ${c.id}: ${costOf(c.after)}. ${c.after?.action ?? ""}`)),
        ]
      : []),
    ...(better.length > 0
      ? [paragraph("Survived from now on:"), list(better.map((c) => `${plurals[c.kind]} ${c.id}: ${costOf(c.after)}`))]
      : []),
  ];
}

function rankWords({ before, after }: StackReport["rank"], was: StackReport["before"]): Words {
  const said = ({ rung, of, layout }: Rank) => `${rung} of ${of} (${layout})`;
  const next = after?.next ? ` Next: ${after.next}.` : "";
  const earlier = was === "nothing" ? "nothing" : undefined;
  if (!after) return before ? ["Rank before: ", said(before), "."] : "";
  if (!before) return [`Rank: ${earlier ?? ""} → `, strong(said(after)), `.${next}`];
  if (before.rung === after.rung && before.of === after.of)
    return ["Rank before and after: ", strong(said(after)), `.${next}`];
  return [`Rank: ${said(before)} → `, strong(said(after)), `.${next}`];
}

function fromTo(before: Survived | undefined, after: Survived | undefined, what: keyof Omit<Survived, "of">): Words {
  const said = (s: Survived) => `${s[what]} of ${s.of}`;
  if (!before || !after) return said((after ?? before) as Survived);
  if (said(before) === said(after)) return said(after);
  const fell = after.of - after[what] > before.of - before[what];
  return [`${said(before)} → `, fell ? strong(said(after)) : said(after)];
}

function costOf(failure: Failure | undefined): string {
  if (!failure) return "";
  return [
    failure.etcdQuorum ? "etcd keeps quorum" : "etcd loses quorum",
    failure.apiReachable ? "the API stays up" : "the API is down",
    failure.dataLost ? "data is lost" : "no data is lost",
  ].join(", ");
}

function capacityBlocks({ capacity: { hosts, needed } }: StackReport): Block[] {
  if (hosts.length === 0) return [];
  const said = (left: { workers: number; cpus: number; memoryGiB: number } | undefined) =>
    left
      ? `${left.workers} ${left.workers === 1 ? "worker" : "workers"}, ${left.cpus} CPUs, ${left.memoryGiB} GiB`
      : "not there";
  const compared = hosts.some((host) => host.before);
  return [
    heading(3, "What is left for pods after the loss of a host"),
    table(
      compared ? ["Host", "Before", "After"] : ["Host", "Left"],
      hosts.map((h) => {
        const same = said(h.before) === said(h.after);
        return compared ? [h.host, said(h.before), same ? "the same" : strong(said(h.after))] : [h.host, said(h.after)];
      }),
    ),
    paragraph(
      needed
        ? `The workload that must keep running needs ${needed.cpus} CPUs and ${needed.memoryGiB} GiB.`
        : "What must keep running is not declared (workload).",
    ),
  ];
}

function certificateBlocks({ certificates }: StackReport): Block[] {
  if (certificates.length === 0) return [];
  const of = (kind: string) => certificates.filter((c) => c.kind === kind).map(({ name }) => name);
  const said = (["reissued", "new", "dropped"] as const).filter((kind) => of(kind).length > 0);
  return [
    heading(3, "Certificates"),
    list(said.map((kind) => [strong(`${of(kind).length} ${kind}`), `: ${of(kind).join(", ")}`])),
  ];
}

/** More findings of a kind are folded away. */
const most = 8;

function policyBlocks({ policies: { mandatory, advisory, accepted, exceptions, undecided } }: StackReport): Block[] {
  const part = (title: string, those: readonly Said[]): Block[] =>
    those.length === 0
      ? []
      : those.length > most
        ? [folded(`${title} ${those.length} findings`, [list(those.map(sayPolicy))])]
        : [paragraph(strong(title)), list(those.map(sayPolicy))];
  const excepted: Block[] =
    exceptions.length === 0
      ? []
      : [
          paragraph(strong("Exceptions:")),
          table(
            ["Rule", "Resource", "Reason", "Until", "State"],
            exceptions.map((e) => [code(e.rule), code(e.resource), e.reason, e.until, e.state]),
          ),
        ];
  const parts = [
    ...part("Refused by:", mandatory),
    ...part("Undecided until `up`:", undecided),
    ...excepted,
    ...part("Accepted:", accepted),
    ...part("Advice:", advisory),
  ];
  return parts.length === 0 ? [] : [heading(3, "Policies"), ...parts];
}

function sayPolicy({ policy, message, isNew }: Said): Words {
  return isNew ? [code(policy), " ", strong("new"), `: ${message}`] : [code(policy), `: ${message}`];
}

const operators: Record<string, string> = { create: "+", delete: "-", update: "~", replace: "±", found: "?" };

/** The engine's own diff, a line for each resource and property. */
export function rawText({ changes }: StackReport): string {
  const text = changes.map(({ op, type, name, properties }) =>
    [
      `${operators[op] ?? " "} ${op.padEnd(7)} ${type} ${name}`,
      ...properties.map(
        ({ path, from, to, replaces }) =>
          `      ${path}: ${op === "found" ? `is ${to}, the state says ${from}` : `${from} → ${to}`}${replaces ? "   (replaces)" : ""}`,
      ),
    ].join("\n"),
  );
  return text.join("\n");
}

function rawBlocks(report: StackReport): Block[] {
  const { length } = report.changes;
  if (length === 0) return [];
  return [
    folded(`The raw diff: ${length} ${length === 1 ? "resource" : "resources"}`, [codeBlock(rawText(report), "text")]),
  ];
}
