/** What happened in a rollout. Instants are ISO 8601; the order of the list is the order in which it was written down. */
export type RolloutEvent = { at: string } & (
  | { event: "staged" | "started" | "succeeded" | "failed" | "timed-out" | "away" | "back" | "retry"; site: string }
  | { event: "healthy" | "approved"; wave: number }
  | { event: "paused" | "resumed" | "aborted" }
);

/** How far a site is. */
export interface SiteProgress {
  is: "waiting" | "changing" | "succeeded" | "failed" | "timed-out";
  staged: boolean;
  away: boolean;
  /** When it was last started, and when that ended, in ms. */
  started?: number;
  ended?: number;
}

/** How far a rollout is, by its history. */
export class Progress {
  private readonly sites = new Map<string, SiteProgress>();
  readonly healthy = new Set<number>();
  readonly approved = new Set<number>();
  paused = false;
  aborted = false;

  constructor(history: readonly RolloutEvent[]) {
    for (const one of history) this.take(one);
  }

  of(site: string): SiteProgress {
    return this.sites.get(site) ?? { is: "waiting", staged: false, away: false };
  }

  private take(one: RolloutEvent): void {
    if ("site" in one) this.sites.set(one.site, after(this.of(one.site), one.event, Date.parse(one.at)));
    else if (one.event === "healthy") this.healthy.add(one.wave);
    else if (one.event === "approved") this.approved.add(one.wave);
    else if (one.event === "aborted") this.aborted = true;
    else this.paused = one.event === "paused";
  }
}

function after(site: SiteProgress, event: Extract<RolloutEvent, { site: string }>["event"], at: number): SiteProgress {
  switch (event) {
    case "staged":
      return { ...site, staged: true };
    case "started":
      return { ...site, is: "changing", away: false, started: at };
    case "away":
      return { ...site, away: true };
    case "back":
      return { ...site, away: false };
    // What was downloaded for the first try is there.
    case "retry":
      return site.is === "failed" || site.is === "timed-out" ? { ...site, is: "waiting" } : site;
    default:
      return { ...site, is: event, ended: at };
  }
}
