// Writes docs/changes.md from the table of site/description/changes: npm run docs:changes
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Meaning } from "../../site/description/changes/meaning";
import { meaningOf } from "../../site/description/changes/table";
import { Settings } from "../../site/description/settings";
import { siteDocument } from "../../site/description/spec";

/** What each kind of change means, in the order in which a person looks for it. */
const KINDS: Record<Meaning["is"], string> = {
  never:
    "Refused before anything is touched, by `plan --against`, the preview, `up` and the report alike, in the same words.",
  "a way of its own": "Something outside the site has to follow, or it goes in steps: told as a caution, with the way.",
  "one at a time":
    "Machines are taken out of service one after another, each healthy before the next; the first that is not stops the change.",
  free: "Applied while everything runs.",
};

/** docs/changes.md. */
export function changesPage(): string {
  const settings = new Settings(siteDocument).all();
  const sections = (Object.keys(KINDS) as Meaning["is"][]).map((kind) => {
    const rows = settings.flatMap((setting) => {
      const meaning = meaningOf(setting);
      return meaning.is === kind ? [row(setting, meaning)] : [];
    });
    return [`## ${title(kind)}`, "", KINDS[kind], "", `| setting | ${head(kind)} |`, "|---|---|", ...rows].join("\n");
  });
  return `${[
    "# What a change means for a site that runs",
    "Every setting of a site's [description](description.md), by what a change of it does to a site that runs. Made by `npm run docs:changes` from the " +
      "table that the program itself judges by. `[]` is an entry of a list, `.*` a key that you name. What a change does to the " +
      "layout is another question: the [rules](policies/README.md) ask it, and `groundwork report` tells what the site survives before and after.",
    ...sections,
  ].join("\n\n")}\n`;
}

function title(kind: Meaning["is"]): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

function head(kind: Meaning["is"]): string {
  return kind === "never"
    ? "why, and what to do"
    : kind === "a way of its own"
      ? "what would break, and the way"
      : "what happens";
}

function row(setting: string, meaning: Meaning): string {
  const what = "fix" in meaning ? `${meaning.says}; ${meaning.fix}` : meaning.says;
  return `| \`${setting}\` | ${what.replaceAll("|", "\\|")} |`;
}

if (require.main === module) writeFileSync(join(__dirname, "../changes.md"), changesPage());
