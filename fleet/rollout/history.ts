/**
 * What happened in a rollout. Instants are ISO 8601; the order of the list is the order in which it was written down.
 *
 * `refused`: it was not begun, for what the site is to get is not what was planned, or could not be made ready. `away`: nothing of it was
 * changed, also where it had been started.
 */
export type RolloutEvent = { at: string } & (
  | { event: SiteEvent; site: string; why?: string }
  | { event: "healthy" | "approved"; wave: number }
  | { event: "paused" | "resumed" | "aborted" }
);

export type SiteEvent =
  | "staged"
  | "refused"
  | "started"
  | "succeeded"
  | "failed"
  | "timed-out"
  | "away"
  | "back"
  | "retry";

/** How far a site is. */
export interface SiteProgress {
  is: "waiting" | "changing" | "succeeded" | "failed" | "timed-out";
  staged: boolean;
  away: boolean;
  /** Its time was up, and what went on there has not ended yet. */
  isEnding?: true;
  /** When it was last started, and when that ended, in ms. */
  started?: number;
  ended?: number;
  /** Why it failed, was refused, or is away. */
  why?: string;
}

/** How far a rollout is, by its history. */
export class Progress {
  private readonly sites = new Map<string, SiteProgress>();
  /** Places in the history: of each wave's last good health, and of what each site got. */
  private readonly healthy = new Map<number, number>();
  private readonly changed = new Map<string, number>();
  private known = 0;
  readonly approved = new Set<number>();
  paused = false;
  aborted = false;

  constructor(history: readonly RolloutEvent[]) {
    for (const one of history) this.take(one);
  }

  of(site: string): SiteProgress {
    return this.sites.get(site) ?? { is: "waiting", staged: false, away: false };
  }

  /** Whether a wave of these sites was found healthy with all that they got: one may be changed long after the others. */
  isHealthy(wave: number, names: readonly string[]): boolean {
    const found = this.healthy.get(wave);
    return found !== undefined && names.every((name) => (this.changed.get(name) ?? 0) < found);
  }

  /** One more event, after all before. */
  take(one: RolloutEvent): void {
    this.known++;
    if ("site" in one) {
      this.sites.set(one.site, after(this.of(one.site), one));
      if (one.event === "succeeded") this.changed.set(one.site, this.known);
    } else if (one.event === "healthy") this.healthy.set(one.wave, this.known);
    else if (one.event === "approved") this.approved.add(one.wave);
    else if (one.event === "aborted") this.aborted = true;
    else this.paused = one.event === "paused";
  }
}

function after(site: SiteProgress, { event, at, why }: Extract<RolloutEvent, { site: string }>): SiteProgress {
  const { why: _, ...known } = site;
  const told = why === undefined ? known : { ...known, why };
  switch (event) {
    case "staged":
      return { ...known, staged: true };
    case "refused":
      return { ...told, is: "failed", ended: Date.parse(at) };
    case "started":
      return { ...known, is: "changing", away: false, started: Date.parse(at) };
    case "away":
      return { ...ended(told), is: site.is === "changing" ? "waiting" : site.is, away: true };
    case "back":
      return { ...known, away: false };
    // What was downloaded for the first try is there.
    case "retry":
      return site.is === "failed" || site.is === "timed-out" ? { ...known, is: "waiting" } : site;
    case "timed-out":
      return site.is === "changing" ? { ...told, is: event, ended: Date.parse(at), isEnding: true } : site;
    // What ends after its time was up, or after it was found away, changes nothing but that it has ended; but a change that was made is made.
    default: {
      const counts = site.is === "changing" || (site.isEnding === true && event === "succeeded");
      return counts ? { ...ended(told), is: event, ended: Date.parse(at) } : ended(site);
    }
  }
}

function ended({ isEnding: _, ...site }: SiteProgress): SiteProgress {
  return site;
}
