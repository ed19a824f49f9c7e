import { Command } from "commander";
import type { CertificateRecord } from "../../components/Pki";
import { UnusableInput } from "../../site/description/unusableInput";
import { aloneUntil } from "../../site/life/alone";
import { table } from "../output/table";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, recordsOf } from "../stack/state";

interface Options {
  stack: string;
  json?: boolean;
  within?: string;
}

/** A certificate with how long it still lasts. */
export interface DatedCertificate extends CertificateRecord {
  /** Whole days; negative once it has ended. */
  daysLeft: number;
}

/** `groundwork certificates`: every certificate of a site, where it lies and when it ends (S2). */
export function certificatesCommand(): Command {
  return new Command("certificates")
    .description("list every certificate of a site: where it lies, what uses it and when it ends")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--json", "print a JSON list")
    .option("--within <days>", "fail if one ends within so many days")
    .addHelpText(
      "after",
      "\nIt reads the stack's outputs, for which Pulumi wants the passphrase; no machine is asked.\nExit code: 0 fine, 1 a certificate ends within the days given, 2 unusable input.",
    )
    .action(async (options: Options) => {
      const days = options.within === undefined ? undefined : daysOf(options.within);
      const stack = { folder: process.cwd(), stack: options.stack, env: process.env };
      const certificates = dated(await certificatesOf(stack), Date.now());
      console.log(
        options.json
          ? JSON.stringify(certificates, null, 2)
          : [printed(certificates), ...aloneLine(certificates)].join("\n"),
      );
      const ending = days === undefined ? [] : certificates.filter(({ daysLeft }) => daysLeft < days);
      if (ending.length === 0) return;
      console.error(endingSoon(ending, days as number));
      process.exitCode = 1;
    });
}

/** Sorted by end, the first one first. */
export function dated(records: readonly CertificateRecord[], now: number): DatedCertificate[] {
  return records
    .map((record) => ({ ...record, daysLeft: Math.floor((Date.parse(record.expires) - now) / 86_400_000) }))
    .sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires) || (a.id < b.id ? -1 : 1));
}

/** A line for each place, those of a certificate below each other. */
export function printed(certificates: readonly DatedCertificate[]): string {
  const followed = certificates.some(({ successors }) => successors);
  const rows = certificates.map(({ id, expires, successors = [], daysLeft, issuer, places, purpose }) => {
    const lines = gathered(places);
    const cell = (of: (line: Gathered) => string) => lines.map(of).join("\n") || "-";
    const left = daysLeft < 0 ? "ended" : String(daysLeft);
    return [
      expires.slice(0, 10),
      left,
      ...(followed ? [successors.map((end) => end.slice(0, 10)).join("\n") || "-"] : []),
      id,
      issuer,
      cell(({ path }) => path),
      cell(({ where }) => where),
      lines.length > 0 ? cell(({ usedBy }) => usedBy) : purpose,
    ];
  });
  const then = followed ? ["THEN"] : [];
  return table(["ENDS", "DAYS", ...then, "CERTIFICATE", "ISSUER", "PATH", "PLACE", "USED BY"], rows);
}

/** Until when the site goes on if nobody comes. */
function aloneLine(certificates: readonly DatedCertificate[]): string[] {
  const alone = aloneUntil(certificates);
  if (alone === undefined) return [];
  const next = alone.next ? `, then ${alone.next.id} on ${alone.next.ends.slice(0, 10)}` : "";
  return [
    "",
    `Without an \`up\` the site goes on until ${alone.until.slice(0, 10)}: ${alone.first} ends first${next}.`,
  ];
}

interface Gathered {
  path: string;
  where: string;
  usedBy: string;
}

/** Machines with the same file are told together. */
function gathered(places: CertificateRecord["places"]): Gathered[] {
  const byPath = new Map<string, { machines: string[]; usedBy: Set<string> }>();
  for (const { where, path, usedBy } of places) {
    const known = byPath.get(path) ?? { machines: [], usedBy: new Set() };
    known.machines.push(where);
    for (const user of usedBy) known.usedBy.add(user);
    byPath.set(path, known);
  }
  return [...byPath].map(([path, { machines, usedBy }]) => ({
    path,
    where: machines.length > 3 ? `${machines[0]} and ${machines.length - 1} more` : machines.join(", "),
    usedBy: [...usedBy].join(", "),
  }));
}

function endingSoon(ending: readonly DatedCertificate[], days: number): string {
  const lines = ending.map(({ id, expires, daysLeft }) =>
    daysLeft < 0
      ? `${id}: ended on ${expires}; run \`pulumi up\`, which issues and installs a new one`
      : `${id}: ends on ${expires}, within ${days} days; run \`pulumi up\` once it is inside pki.earlyRenewalHours`,
  );
  return lines.join("\n");
}

function daysOf(text: string): number {
  if (!/^\d{1,5}$/.test(text))
    throw new UnusableInput([{ path: "--within", fact: `"${text}" is not a number of days`, fix: "use 30, say" }]);
  return Number(text);
}

async function certificatesOf(stack: PulumiStack): Promise<CertificateRecord[]> {
  const { certificates } = (await recordsOf(stack)) as { certificates?: CertificateRecord[] };
  if (!certificates) throw noSiteIn(stack);
  // Those of a program that did not tell places yet.
  return certificates.map((record) => ({
    ...record,
    issuer: record.issuer ?? record.authority,
    places: record.places ?? [],
  }));
}
