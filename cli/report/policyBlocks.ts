import type { ChangedProperty, RawChange } from "./diff";
import { saidLines } from "./lines";
import type { StackReport } from "./model";
import { type Block, code, codeBlock, folded, heading, list, paragraph, strong, table, type Words } from "./nodes";
import type { Said } from "./policies";

/** Certificates that are replaced. */
export function certificateBlocks({ certificates }: StackReport): Block[] {
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

/** What the policies say, and who excepted what. */
export function policyBlocks({
  policies: { mandatory, advisory, accepted, exceptions, undecided },
}: StackReport): Block[] {
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
      ...properties.flatMap((property) => propertyLines(op, property)),
    ].join("\n"),
  );
  return text.join("\n");
}

function propertyLines(op: RawChange["op"], { path, from, to, replaces, lines }: ChangedProperty): string[] {
  const end = replaces ? "   (replaces)" : "";
  if (lines === undefined || op === "found")
    return [`      ${path}: ${op === "found" ? `is ${to}, the state says ${from}` : `${from} → ${to}`}${end}`];
  const said = saidLines(lines);
  return [`      ${path}: ${said.summary}${end}`, ...said.lines.map((line) => `        ${line}`)];
}

/** The same, folded away. */
export function rawBlocks(report: StackReport): Block[] {
  const { length } = report.changes;
  if (length === 0) return [];
  return [
    folded(`The raw diff: ${length} ${length === 1 ? "resource" : "resources"}`, [codeBlock(rawText(report), "text")]),
  ];
}
