// `npm run bench:fleet`: a rollout over simulated sites on a real Temporal server and worker: what it costs beside the sites' own work,
// and whether it keeps its limits while both are killed. Nothing else should run on the computer meanwhile.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { runMain } from "../../lab/main";
import { repository } from "../../lab/toolchain/artifact";
import { figureTable, measuredOn, thisMachine, withFigures } from "../page";
import { cells, holds } from "../ratio";
import { type Kills, planRow, rolloutRows } from "./rows";

interface Options extends Kills {
  planned: number;
  write: boolean;
}

const HEAD = ["what", "after a tenth of the sites", "after all", "ratio", "at most", ""];

const number = (text: string) => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("use a number");
  return Number(text);
};

const program = new Command("npm run bench:fleet --")
  .description(
    "Measures rollouts over simulated sites, proves them by Temporal's histories, and writes docs/performance.md.",
  )
  .option("--sites <number>", "sites of each rollout", number, 500)
  .option("--worker-kills <number>", "how often the worker is killed", number, 20)
  .option("--server-kills <number>", "how often the server is killed", number, 5)
  .option("--planned <number>", "sites of the rollout that is only planned", number, 5000)
  .option("--no-write", "leave docs/performance.md as it is")
  .addHelpText("after", "\nExit code: 0 every limit holds, 1 one does not, 2 unusable input.")
  .exitOverride();

async function main(): Promise<void> {
  const { sites, planned, write, ...kills } = program.parse().opts<Options>();
  const say = (text: string) => console.log(text);
  const rows = [...(await rolloutRows({ sites, ...kills }, say)), planRow(planned, say)];
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  table.push(...rows.map(cells));
  say(`\n${table.toString()}`);
  if (write) {
    const page = join(repository, "docs/performance.md");
    const text = `${measuredOn(thisMachine(), new Date().toISOString().slice(0, 10))}.\n\n${figureTable(rows, HEAD)}`;
    writeFileSync(page, withFigures(readFileSync(page, "utf8"), text, "npm run bench:fleet"));
    say("written: docs/performance.md");
  }
  if (!rows.every(holds)) process.exitCode = 1;
}

runMain(main);
