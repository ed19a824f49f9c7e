import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { runMain } from "../lab/main";
import { repository } from "../lab/toolchain/artifact";
import { commandRow, plannerRows } from "./commands";
import { figures, thisMachine, withFigures } from "./page";
import { cells, holds, type Row } from "./ratio";
import { Revision } from "./revision";
import { siteRows } from "./sites";

/** `npm run bench`: an earlier revision and this one beside each other, and what has a limit of its own. */
interface Options {
  against: string;
  runs: number;
  lab: boolean;
  write: boolean;
  limits: boolean;
}

const number = (text: string) => {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("use a number from 1 to 99");
  return Number(text);
};

const program = new Command("npm run bench --")
  .description(
    "Measures an earlier revision and this one in turn, prints each ratio with its noise, and writes docs/performance.md.",
  )
  .option("--against <revision>", "the earlier revision, as git names it", "24ecc10")
  .option("--runs <number>", "how often each side runs; their order alternates", number, 3)
  .option("--no-lab", "only what needs no lab: minutes instead of an hour")
  .option("--no-write", "leave docs/performance.md as it is")
  .option("--no-limits", "measure only: exit code 0 even if a limit does not hold")
  .addHelpText(
    "after",
    "\nExit code: 0 every limit holds, 1 one does not, 2 unusable input.\nNothing else should run on the computer meanwhile.",
  )
  .exitOverride();

const say = (text: string) => console.log(text);

async function main(): Promise<void> {
  const { against, runs, lab, write, limits } = program.parse().opts<Options>();
  const rows: Row[] = [...plannerRows(runs, say), commandRow(runs, say)];
  if (lab) rows.unshift(...(await siteRows(await Revision.of(against), Revision.here(), runs, say)));
  const table = new Table({ head: ["", against, "now", "ratio", "at most", ""], style: { head: [], border: [] } });
  table.push(...rows.map(cells));
  say(`\n${table.toString()}`);
  if (write) {
    const page = join(repository, "docs/performance.md");
    const text = figures(rows, thisMachine(), against, runs, new Date().toISOString().slice(0, 10));
    writeFileSync(page, withFigures(readFileSync(page, "utf8"), text));
    say("written: docs/performance.md");
  }
  if (limits && !rows.every(holds)) process.exitCode = 1;
}

runMain(main);
