import { renameSync, writeFileSync } from "node:fs";
import type { Finding } from "../site/judge/rules";
import { type Exception, isCurrent } from "./settings";

/** A finding, and the resource that is to blame. */
export type Found = Finding & { urn?: string };

/** A question that a preview leaves open. */
export interface Undecided {
  rule: string;
  resource: string;
  /** What is not known yet. */
  what: string;
}

/** What the pack wrote for programs: everything that the engine's events have no place for. */
export interface PolicyReport {
  version: 1;
  preview: boolean;
  /** Whether the whole stack was judged. */
  complete: boolean;
  findings: Found[];
  accepted: Found[];
  undecided: Undecided[];
  exceptions: (Exception & { state: "used" | "unused" | "expired"; findings: Found[] })[];
}

/** Collects what the policies say, and keeps the file of the report as it is so far. */
export class Outcome {
  private readonly findings: Found[] = [];
  private readonly mild: Found[] = [];
  private readonly open: Undecided[] = [];
  private readonly excused = new Map<string, Found[]>();
  private complete = false;

  constructor(
    private readonly preview: boolean,
    private readonly file = process.env.GROUNDWORK_POLICY_REPORT,
  ) {}

  found(finding: Found): void {
    this.findings.push(finding);
    this.write([]);
  }

  accept(finding: Found): void {
    this.mild.push(finding);
  }

  leaveOpen(undecided: Undecided): void {
    this.open.push(undecided);
  }

  excuse(exception: Exception, finding: Found): void {
    const key = JSON.stringify(exception);
    this.excused.set(key, [...(this.excused.get(key) ?? []), finding]);
  }

  /** Milder findings, and those that are excepted, with the reason. */
  get acceptedSoFar(): { finding: Found; why?: Exception }[] {
    return [
      ...this.mild.map((finding) => ({ finding })),
      ...[...this.excused].flatMap(([key, findings]) =>
        findings.map((finding) => ({ finding, why: JSON.parse(key) as Exception })),
      ),
    ];
  }

  get undecidedSoFar(): readonly Undecided[] {
    return this.open;
  }

  /** The whole stack was judged. */
  finish(exceptions: readonly Exception[]): void {
    this.complete = true;
    this.write(exceptions);
  }

  private write(exceptions: readonly Exception[]): void {
    if (this.file === undefined || this.file === "") return;
    const now = Date.now();
    const report: PolicyReport = {
      version: 1,
      preview: this.preview,
      complete: this.complete,
      findings: this.findings,
      accepted: this.mild,
      undecided: this.open,
      exceptions: exceptions.map((exception) => {
        const findings = this.excused.get(JSON.stringify(exception)) ?? [];
        const state = !isCurrent(exception, now) ? "expired" : findings.length > 0 ? "used" : "unused";
        return { ...exception, state, findings };
      }),
    };
    // A reader never sees half of it.
    writeFileSync(`${this.file}.new`, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}
