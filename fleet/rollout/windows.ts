import { DateTime } from "luxon";
import { DAYS } from "../file/days";
import type { Maintenance, Window } from "../file/schema";

const MINUTE = 60_000;

/** Until when a site may be changed that may be at an instant, in ms; undefined where its windows are shut. */
export function openUntil(maintenance: Maintenance, at: number): number | undefined {
  if (maintenance.windows === undefined) return Number.POSITIVE_INFINITY;
  return openings(maintenance, at).find(({ opens, shuts }) => opens <= at && at < shuts)?.shuts;
}

/**
 * The first instant, in ms, at which a site's window is open and stays so long enough: `from` itself, if that is one.
 *
 * @param minutes how long a change may take
 * @param before the last instant that is looked at
 */
export function nextOpening(
  maintenance: Maintenance,
  minutes: number,
  from: number,
  before: number,
): number | undefined {
  if (from > before) return undefined;
  if (maintenance.windows === undefined) return from;
  const found = openings(maintenance, from)
    .map(({ opens, shuts }) => ({ opens: Math.max(opens, from), shuts }))
    .find(({ opens, shuts }) => shuts - opens >= minutes * MINUTE);
  return found === undefined || found.opens > before ? undefined : found.opens;
}

/** When windows open next: see `nextOpening`. Most sites of a fleet have the same ones, and clocks are slow to ask. */
export class Openings {
  private readonly known = new Map<string, number | undefined>();

  constructor(
    private readonly minutes: number,
    private readonly from: number,
    private readonly before: number,
  ) {}

  of(maintenance: Maintenance): number | undefined {
    const key = JSON.stringify(maintenance);
    if (!this.known.has(key)) this.known.set(key, nextOpening(maintenance, this.minutes, this.from, this.before));
    return this.known.get(key);
  }
}

interface Opening {
  opens: number;
  shuts: number;
}

/**
 * The windows around an instant, in the site's time and in their order. A week and a day after it show every window that there is; those
 * that follow one another are one, so that a week without a gap is open for ever.
 */
function openings({ timeZone = "UTC", windows = [] }: Maintenance, at: number): Opening[] {
  const today = DateTime.fromMillis(at, { zone: timeZone }).startOf("day");
  const all = Array.from({ length: 11 }, (_, day) => today.plus({ days: day - 1 })).flatMap((day) =>
    windows
      .filter(({ days }) => days.includes(DAYS[day.weekday - 1] as Window["days"][number]))
      .map(({ from, to }) => ({
        opens: timeOn(day, from),
        shuts: timeOn(to > from ? day : day.plus({ days: 1 }), to),
      })),
  );
  const merged: Opening[] = [];
  for (const next of all.sort((a, b) => a.opens - b.opens)) {
    const last = merged.at(-1);
    if (last !== undefined && next.opens <= last.shuts) last.shuts = Math.max(last.shuts, next.shuts);
    else merged.push({ ...next });
  }
  return merged;
}

/** What the clock on the wall shows; an hour that a change of the clocks leaves out is the one after it. */
function timeOn(day: DateTime, time: string): number {
  const [hour, minute] = time.split(":").map(Number);
  return day.set({ hour, minute }).toMillis();
}
