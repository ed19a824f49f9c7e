import type { Probe, SiteDigests } from "./schema";

/** What is done at a site. Each may be called again after a crash, and has to end as if it had been called once. */
export interface SiteWork {
  /**
   * Makes a change ready: what is downloaded is, and the change is previewed. Nothing of the site is changed.
   *
   * @throws SiteRefusal with `refused` if the site would get anything else than was planned, `away` if it cannot be reached
   */
  stage(order: SiteOrder, watch: Watch): Promise<void>;
  /**
   * Whether a change could begin now: the site is reached, and would get what was planned.
   *
   * @throws SiteRefusal as `stage` does
   */
  admit(order: SiteOrder, watch: Watch): Promise<void>;
  /**
   * Changes the site.
   *
   * @throws SiteRefusal with `busy` if somebody else is changing it, `interrupted` if this was ended from outside, `failed` else
   */
  apply(order: SiteOrder, watch: Watch): Promise<void>;
  /**
   * Why a site is not healthy; undefined if it is.
   *
   * @param probe the owner's own question, which it has to answer as well
   */
  unhealthy(site: string, watch: Watch, probe?: Probe): Promise<string | undefined>;
}

/** A site, and the digests of what it is to get. */
export interface SiteOrder {
  site: string;
  digests: SiteDigests;
  /** Whether it is compared with what is really there; left out: with its state. */
  refresh?: boolean;
}

/** How the work is followed, and ended. */
export interface Watch {
  /** Says that it still goes on; at least every 20 s. */
  alive(): void;
  /** Aborts when the work is to end: its time is up, or its worker ends. */
  signal: AbortSignal;
}

/** Why work at a site ended without its result. `why` is kept in the rollout's history: no secret may be in it. */
export class SiteRefusal extends Error {
  constructor(
    readonly kind: "refused" | "away" | "busy" | "interrupted" | "failed",
    why: string,
  ) {
    super(why);
    this.name = "SiteRefusal";
  }
}
