import { listed } from "../../site/description/listed";
import { aloneBlocks } from "./alone";
import { demandBlocks } from "./demand";
import { diskBlocks } from "./disks";
import type { QuorumStep } from "./disruption";
import type { MachineChange } from "./machines";
import type { Report, StackReport, Verdict } from "./model";
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
import { certificateBlocks, policyBlocks, rawBlocks } from "./policyBlocks";
import type { SiteReport } from "./site";
import { capacityBlocks, survivalBlocks } from "./survivalBlocks";

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
  const name = nameOf(report);
  if (report.verdict.is === "unjudged") return `${name}: the preview broke`;
  const what = machineCounts(report);
  if (isRefused(report)) return `${name}: refused, nothing is touched`;
  return `${name}: ${what || (report.changes.length > 0 ? "no machine changes" : "nothing changes")}`;
}

/** The program ended with a refusal before anything of the site was looked at. */
function isRefused({ errors, machines, changes }: StackReport): boolean {
  return errors.length > 0 && machines.length + changes.length === 0;
}

/** The stack's sites, or the stack where there is none. */
function nameOf({ site, stack, others }: StackReport): string {
  return site === undefined ? stack : listed([site, ...others.flatMap((other) => other.site ?? [])]);
}

export function machineCounts({ machines }: StackReport): string {
  const count = (kind: string) => machines.filter((m) => m.kind === kind).length;
  const inPlace = machines.filter(({ kind }) => kind === "changed");
  const more = [
    { n: inPlace.filter(({ restarts }) => restarts).length, what: "restart" },
    { n: inPlace.filter(({ moves }) => moves).length, what: "move" },
  ].flatMap(({ n, what }) => (n === 0 ? [] : [`${n} ${what}${n === 1 ? "s" : ""}`]));
  const parts = [
    [count("created"), "created"],
    [count("replaced"), "replaced"],
    [count("deleted"), "deleted"],
    [count("changed"), `changed in place${more.length > 0 ? ` (${more.join(", ")})` : ""}`],
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
              nameOf(s),
              [mark(signs[s.verdict.is]), ` ${verdictWord(s)}`],
              gist(s).replace(/^[^:]+: /, ""),
            ]),
          ),
        ]
      : []),
    ...gone,
    paragraph(`Judged: ${scope}.`),
    ...stacks.map((s) => folded(`${nameOf(s)}: ${verdictWord(s)}`, stackBody(s), s.verdict.is !== "safe")),
  ];
}

/** One site's part. `raw` is whether the engine's own diff is there, too. */
export function stackBlocks(report: StackReport, raw = true): Block[] {
  return [
    ...verdictBlocks(report),
    ...errorBlocks(report),
    ...machineBlocks(report),
    ...siteBlocks(report),
    ...certificateBlocks(report),
    ...policyBlocks(report),
    ...(raw ? rawBlocks(report) : [paragraph("The raw diff is too long for this place; the HTML has it.")]),
  ];
}

/** What the change means for each site; named where the stack has several. */
function siteBlocks(report: StackReport): Block[] {
  const sites = [report, ...report.others];
  return sites.flatMap((site) => {
    const blocks = [
      ...etcdBlocks(site),
      ...survivalBlocks(site),
      ...capacityBlocks(site),
      ...aloneBlocks(site.alone),
      ...demandBlocks(site.demands),
      ...diskBlocks(site.disks),
    ];
    return sites.length > 1 ? [heading(3, `Site ${site.site}`), ...blocks.map(below)] : blocks;
  });
}

function below(block: Block): Block {
  return block.type === "heading" ? { ...block, depth: 4 } : block;
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
  replaced: "replaced",
  deleted: "deleted",
  changed: "changed in place",
  reconfigured: "reconfigured, runs on",
};

function machineBlocks(report: StackReport): Block[] {
  const { machines, unchanged, changes } = report;
  if (machines.length === 0)
    return changes.length > 0
      ? [paragraph(`No machine changes. ${resources(report)}`)]
      : report.verdict.is === "unjudged" || isRefused(report)
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
        whatHappens(m),
        lines([...m.because, ...m.drift.map((found) => `found: ${found}`)]),
      ]),
    ),
  ];
}

function whatHappens({ kind, restarts, moves, because }: MachineChange): string {
  if (kind !== "changed") return kinds[kind];
  if (because.length === 0) return "was changed without Pulumi";
  return [kinds.changed, moves && "moves to another place", restarts && "restarts"].filter(Boolean).join(", ");
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

function etcdBlocks({ disruption: { etcd, events, others } }: SiteReport): Block[] {
  const stores = [{ name: "etcd", ...etcd }, ...(events ? [{ name: "The store of events", ...events }] : [])].filter(
    ({ steps }) => steps.length > 0,
  );
  if (stores.length === 0 && others.length === 0) return [];
  return [
    heading(3, "While it is applied"),
    ...(stores.length === 0 ? [paragraph("No etcd member goes down.")] : []),
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
  return [what, `${up} of ${of}`, quorum ? "holds" : [mark("bad"), " ", strong("LOST")]];
}
