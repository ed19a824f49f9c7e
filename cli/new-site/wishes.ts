import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { parse } from "yaml";
import { type Problem, printable, shown } from "../../site/description/problem";
import { cidrv4 } from "../../site/description/schema/addresses";
import { dnsLabel } from "../../site/description/schema/names";
import { UnusableInput } from "../../site/description/unusableInput";

/** A site as a command line or a row of a table asks for it. */
export interface Request {
  name: string;
  network?: string;
  /** A file as `groundwork discover` prints it. */
  hosts?: string;
  set: [path: string, value: unknown][];
}

export interface RequestOptions {
  network?: string;
  hosts?: string;
  set: string[];
  count?: number;
  csv?: string;
}

const MOST = 1000;

/**
 * The sites that are asked for: one, so many that count up from its name, or the rows of a table, whose columns are `name`,
 * `network`, `hosts` and paths of settings.
 *
 * @throws UnusableInput with every problem
 */
export function requestsOf(name: string | undefined, options: RequestOptions): Request[] {
  const problems: Problem[] = [];
  const rows =
    options.csv === undefined ? counted(name, options, problems) : rowsOf(options.csv, name, options, problems);
  const requests = rows.map(({ at, row }) => requestOf(at, row, options, problems));
  for (const { at, row } of rows) {
    const first = rows.find((other) => other.row.name === row.name);
    if (first && first.at !== at)
      problems.push({
        path: at,
        fact: `${shown(row.name)} is there twice, in ${first.at} too`,
        fix: "name each site once",
      });
  }
  if (problems.length > 0) throw new UnusableInput(problems);
  return requests;
}

interface Row {
  /** Where it is asked for, as problems name it. */
  at: string;
  row: Record<string, string>;
}

function counted(name: string | undefined, { count = 1, network }: RequestOptions, problems: Problem[]): Row[] {
  if (name === undefined) {
    problems.push({ path: "<name>", fact: "no site is named", fix: "name it: store-043, or pass --csv FILE" });
    return [];
  }
  if (count > 1 && network !== undefined)
    problems.push({ path: "--network", fact: `one network is not for ${count} sites`, fix: "use a pool, or --csv" });
  const [, stem = name, digits] = /^(.*?)(\d+)$/.exec(name) ?? [];
  if (count > 1 && digits === undefined)
    problems.push({
      path: "<name>",
      fact: `${shown(name)} ends in no number to count from`,
      fix: "use one like store-043",
    });
  return Array.from({ length: count }, (_, i) => ({
    at: "<name>",
    row: { name: digits === undefined ? name : `${stem}${String(Number(digits) + i).padStart(digits.length, "0")}` },
  })).map(({ row }, i) => ({ at: i === 0 ? "<name>" : `<name>+${i}`, row }));
}

function rowsOf(
  csv: string,
  name: string | undefined,
  { count, network, hosts }: RequestOptions,
  problems: Problem[],
): Row[] {
  if (name !== undefined)
    problems.push({ path: "<name>", fact: "the table names the sites", fix: "leave it out, or --csv" });
  for (const [flag, value] of Object.entries({ network, hosts }))
    if (value !== undefined)
      problems.push({ path: `--${flag}`, fact: "the table has a row for each site", fix: `make it a column, ${flag}` });
  let records: Record<string, string>[];
  try {
    const columns = (names: string[]) => names.map((one) => one.trim());
    records = parseCsv(readFileSync(csv, "utf8"), {
      columns,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      comment: "#",
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push({
      path: csv,
      fact: code === "ENOENT" ? "there is no such file" : printable(message),
      fix: "name a CSV file whose first line names the columns",
    });
    return [];
  }
  if (!records.every((record) => "name" in record) || records.length === 0) {
    problems.push({ path: csv, fact: "it names no site", fix: "give it a column `name`, and a row for each site" });
    return [];
  }
  if (count !== undefined && count > records.length)
    problems.push({
      path: "--count",
      fact: `${csv} has ${records.length} sites`,
      fix: `use ${records.length} at most`,
    });
  if (records.length > MOST)
    problems.push({ path: csv, fact: `it has ${records.length} sites`, fix: `make ${MOST} at once, at most` });
  return records.slice(0, count).map((row, i) => ({ at: `${csv}[${i + 1}]`, row }));
}

function requestOf(at: string, row: Record<string, string>, options: RequestOptions, problems: Problem[]): Request {
  const { name = "", network = options.network, hosts, ...settings } = row;
  if (!dnsLabel.safeParse(name).success)
    problems.push({
      path: `${at} name`,
      fact: `${shown(name)} is not valid`,
      fix: "use lower-case letters, digits and hyphens, at most 40",
    });
  if (network && !cidrv4.safeParse(network).success)
    problems.push({
      path: `${at} network`,
      fact: `${shown(network)} is not valid`,
      fix: "use an IPv4 block, for example 10.0.43.0/24",
    });
  const value = (path: string, text: string): [string, unknown][] => {
    try {
      return [[path, parse(text.replaceAll("{name}", name))]];
    } catch (error) {
      problems.push({
        path: `${at} ${path}`,
        fact: printable((error as Error).message.split("\n")[0] ?? ""),
        fix: "quote it as YAML",
      });
      return [];
    }
  };
  const flags = options.set.flatMap((text) => {
    const [, path, written = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (path !== undefined) return value(path.trim(), written);
    problems.push({ path: `--set ${printable(text)}`, fact: "it has no value", fix: "write --set path=value" });
    return [];
  });
  const columns = Object.entries(settings).flatMap(([path, text]) => (text === "" ? [] : value(path, text)));
  const file = hosts ? resolve(dirname(options.csv ?? "."), hosts) : options.hosts;
  return {
    name,
    ...(network && { network }),
    ...(file && { hosts: file }),
    set: [...flags, ...columns],
  };
}
