import type { Parameter, Rule } from "../site/judge/rules";
import { subjects } from "../site/judge/rules/catalog";

/** When a rule is asked, for people. */
const whenAsked: Readonly<Record<Rule["scope"], string>> = {
  site: "of a site's machines as they were registered: at the end of a preview, and before an update makes them",
  object: "of each object by itself, before it is made",
  state: "of each resource by itself, before it is made",
  stack: "of the objects of a stack together, at the end of a preview or update",
  drill: "of the record of a site's last drill, at the end of a preview or update",
};

/**
 * The page of a rule, as Markdown.
 *
 * @param requirements the page of the requirements, from there; none where it is not
 */
export function pageOf(rule: Rule, requirements?: string): string {
  const parameters = Object.entries(rule.parameters ?? {});
  return [
    `# ${rule.id}`,
    `${sentence(rule.sentence)}`,
    [
      `- Enforcement: **${rule.severity}** unless it is set otherwise`,
      `- Source: ${linked(rule.source.replace(/\[(.*)\]/, "($1)"), requirements)}`,
      `- Asked ${whenAsked[rule.scope]}${rule.attested ? "" : "; of a plan, as far as it tells"}`,
    ].join("\n"),
    "## What to do",
    sentence(rule.fix),
    "## Settings",
    ...(parameters.length > 0 ? [parameterTable(parameters)] : []),
    ["```json", JSON.stringify(example(rule, parameters), null, 2), "```"].join("\n"),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

/** Codes at the beginning of a source lead to their rows. */
function linked(source: string, requirements: string | undefined): string {
  if (requirements === undefined) return source;
  const [codes = ""] = /^[A-Z]\d{1,2}(, ?[A-Z]\d{1,2})*/.exec(source) ?? [];
  const links = codes.replaceAll(/[A-Z]\d{1,2}/g, (code) => `[${code}](${requirements}#${code.toLowerCase()})`);
  return links + source.slice(codes.length);
}

function parameterTable(parameters: [string, Parameter][]): string {
  const rows = parameters.map(
    ([name, { type, description, default: otherwise }]) =>
      `| \`${name}\` | ${type} | \`${JSON.stringify(otherwise)}\` | ${description} |`,
  );
  return ["| parameter | type | default | |", "|---|---|---|---|", ...rows].join("\n");
}

/** What a configuration of it looks like. */
function example({ id, severity }: Rule, parameters: [string, Parameter][]): object {
  const other = severity === "mandatory" ? "advisory" : "mandatory";
  if (parameters.length === 0) return { [id]: other };
  return { [id]: { enforcementLevel: other, ...Object.fromEntries(parameters.map(([name, p]) => [name, p.default])) } };
}

/** The list of all pages. */
export function indexPage(): string {
  const count = subjects.reduce((sum, { rules }) => sum + rules.length, 0);
  return [
    "# Policies",
    `${count} rules, by subject. The pages are made from the rules by \`npm run docs:policies\`; how the pack is used and set says ` +
      "[its own page](../../policies/README.md).",
    ...subjects.map(tableOf),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

function tableOf({ title, rules }: (typeof subjects)[number]): string {
  const rows = rules.map(
    ({ id, sentence: says, severity, source }) =>
      `| [${id}](${id}.md) | ${says} | ${severity} | ${source.split(" [")[0]} |`,
  );
  return [`## ${title}`, "", "| rule | | enforcement | row |", "|---|---|---|---|", ...rows].join("\n");
}

/**
 * Every page by its file's name.
 *
 * @param requirements the page of the requirements, from there; none where it is not
 */
export function pages(requirements?: string): Map<string, string> {
  const all = subjects.flatMap(({ rules }) => rules);
  return new Map([
    ["README.md", indexPage()],
    ...all.map((rule) => [`${rule.id}.md`, pageOf(rule, requirements)] as const),
  ]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
