/** How a site is, from afar. `unseen`: nothing is known of it now, as its state or the site itself cannot be reached. */
export type SiteState = "needs a person" | "unseen" | "not up" | "well";

/** One site of a fleet, as the fleet's page has it. Plain data: `fleet status --json` prints it. */
export interface SiteLine {
  stack: string;
  site: string;
  labels: Record<string, string>;
  state: SiteState;
  /** What needs a person, the worst first; why nothing is known. */
  needs: { what: string; run?: string }[];
  /** What no one must do anything about today. */
  notes: string[];
  /** Where the layout stands, from 1 of its ladder. */
  rank?: { rung: number; of: number; hosts: 1 | 2 | 3 };
  /** Single failures that would now cost etcd, the API or data. */
  fatal?: number;
  kubernetes?: string;
  etcd?: string;
  /** Until when the site goes on with no `up`. */
  alone?: { until: string; days: number };
  backup?: string;
  drill?: { time: string; passed: boolean; rpoSeconds?: number; rtoSeconds?: number };
  /** When `fleet watch` last looked at it, RFC 3339. */
  watched?: string;
}

export interface FleetOverview {
  version: 1;
  /** When it was asked, RFC 3339. */
  at: string;
  /** Why the webhook of `fleet watch` was not told, and when; left out: it was. */
  untold?: { at: string; why: string };
  /** What became of the last try of `fleet watch` to mend what it found; left out: there was none. */
  repair?: { at: string; what: string };
  /** What needs a person first. */
  sites: SiteLine[];
}

const ORDER: Record<SiteState, number> = { "needs a person": 0, unseen: 1, "not up": 2, well: 3 };

/** Sites in the order in which a person looks at them: by state, by how much each needs, by how soon it ends alone, by name. */
export function inOrder(sites: readonly SiteLine[]): SiteLine[] {
  const days = ({ alone }: SiteLine) => alone?.days ?? Number.POSITIVE_INFINITY;
  return [...sites].sort(
    (a, b) =>
      ORDER[a.state] - ORDER[b.state] ||
      b.needs.length - a.needs.length ||
      compare(days(a), days(b)) ||
      compare(a.stack, b.stack),
  );
}

function compare<T>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** How many sites are in each state, those that there are. */
export function counted(sites: readonly SiteLine[]): [SiteState, number][] {
  return (Object.keys(ORDER) as SiteState[])
    .map((state): [SiteState, number] => [state, sites.filter((site) => site.state === state).length])
    .filter(([, count]) => count > 0);
}

/** `100 sites: 2 need a person, 98 are well`. */
export function sentence(sites: readonly SiteLine[]): string {
  const verbs: Record<SiteState, [string, string]> = {
    "needs a person": ["needs a person", "need a person"],
    unseen: ["cannot be seen", "cannot be seen"],
    "not up": ["is not up", "are not up"],
    well: ["is well", "are well"],
  };
  const parts = counted(sites).map(([state, count]) => `${count} ${verbs[state][count === 1 ? 0 : 1]}`);
  return `${sites.length} ${sites.length === 1 ? "site" : "sites"}: ${parts.join(", ") || "there is none"}`;
}
