import { Command } from "commander";
import { readDocument } from "../../cli/input/document";
import { UnusableInput } from "../../site/description/unusableInput";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import type { Failure } from "../../site/judge/failures/model";

interface RehearseOptions {
  name: string;
  row: string[];
  distinct?: boolean;
  table?: string;
}

/** `npm run rehearse`: causes each single failure in a lab, and compares what happens with what the table says. */
export function rehearseCommand(): Command {
  return new Command("rehearse")
    .description("cause each single failure of the failure table in a lab, and compare what happens with what it says")
    .option("--name <lab>", "the lab, which runs", "demo")
    .option("--row <row>", "only this: `host`, `host esx-1`, `split`, `full`, `slow` …; may be given again", append, [])
    .option("--distinct", "of rows that are alike, only the first")
    .option("--table <file>", "another table than the plan's: what `groundwork plan --json` printed")
    .addHelpText(
      "after",
      "\nOnly a lab is broken, never a site. A writer and a reader use the API through its address meanwhile." +
        "\nExit code: 0 everything happened as the table says, 1 something did not, 2 unusable input.",
    )
    .action(async ({ name, row, distinct: once, table }: RehearseOptions) => {
      // Loaded only here: whoever plans or reports has no lab.
      const { Subject } = require("./subject") as typeof import("./subject");
      const { chosen, distinct, rowsOf } = require("./row") as typeof import("./row");
      const { rehearsedLine, rehearsedTitle } = require("./table") as typeof import("./table");
      const { rehearse } = require("./rehearse") as typeof import("./rehearse");
      const subject = await Subject.open(name);
      const facts = factsOfPlan(subject.plan);
      const all = rowsOf(facts, table === undefined ? singleFailures(facts) : failuresIn(table));
      const some = chosen(all, row);
      const rows = once ? distinct(some, facts) : some;
      const begun = Date.now();
      console.log(rehearsedTitle(rows));
      const rehearsed = await rehearse(subject, rows, (each) => console.log(rehearsedLine(rows, each)));
      const done = rehearsed.filter(({ seen }) => seen);
      const broken = rehearsed.filter((each) => each.broken.length > 0);
      console.log(
        `\n${done.length} failures caused in ${Math.round((Date.now() - begun) / 1000)} s; ` +
          (broken.length === 0 ? "the table says what happens." : `the table is wrong about ${broken.length}.`),
      );
      if (broken.length > 0 || done.length === 0) process.exitCode = 1;
    });
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

function failuresIn(file: string): Failure[] {
  const document = readDocument(file) as { failures?: Failure[] } | null;
  if (Array.isArray(document?.failures)) return document.failures;
  throw new UnusableInput([
    { path: file, fact: "it has no failure table", fix: "use what `groundwork plan --json` printed" },
  ]);
}
