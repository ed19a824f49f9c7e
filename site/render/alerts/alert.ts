/** An alert, as vmalert and Prometheus have it. */
export interface Alert {
  alert: string;
  /** MetricsQL; what it finds is wrong. */
  expr: string;
  /** How long it has to be so. */
  for: string;
  labels: { severity: Severity; site: string } & Record<string, string>;
  annotations: {
    /** One sentence, with the labels of what was found. */
    summary: string;
    /** The row of the site's failure table that tells what this costs: `machine shop-etcd-a`. Left out where there is none. */
    failure?: string;
    /** The chapter of the site's runbook with what to do. */
    runbook: string;
    /** What to do that no chapter tells. */
    action?: string;
  };
}

/** `critical`: somebody has to do something now. `warning`: within a day. */
export type Severity = "critical" | "warning";

/** Alerts that are judged together. */
export interface AlertGroup {
  name: string;
  rules: Alert[];
}

/** Chapters of a site's runbook, by their titles there. */
export const CHAPTERS = {
  health: "What works, and what does not",
  machine: "A machine does not work",
  host: "A host fails",
  storage: "A storage device or a datastore fails",
  quorum: "etcd has lost its quorum",
  diskFull: "A disk is full",
  expired: "A certificate has expired",
} as const;

/** Fewer than so many, none among them; told only once everybody has been asked, as what has just started knows of nobody. */
export function fewerThan(needed: number, sum: string, asked: string, all: number): string {
  return `((sum(${sum}) or vector(0)) < ${needed}) and on() (count(up{${asked}}) >= ${all})`;
}

/** Makes alerts of a site, each with the labels that all have. */
export function alertsFor(site: string) {
  const alert =
    (severity: Severity) =>
    (
      name: string,
      expr: string,
      held: string,
      told: Alert["annotations"],
      more: Record<string, string> = {},
    ): Alert => ({
      alert: name,
      expr,
      for: held,
      labels: { severity, site, ...more },
      annotations: told,
    });
  return { critical: alert("critical"), warning: alert("warning") };
}
