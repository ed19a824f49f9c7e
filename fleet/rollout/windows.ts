import { DateTime } from "luxon";
import { DAYS, type Maintenance, type Window } from "../file/schema";

const MINUTE = 60_000;

/** Until when a site may be changed that may be at an instant, in ms; undefined where its windows are shut. */
export function openUntil(maintenance: Maintenance, at: number): number | undefined {
  const { windows } = maintenance;
  if (windows === undefined) return Number.POSITIVE_INFINITY;
  let until: number | undefined;
  // Windows that follow one another are one; a week of them without a gap is for ever.
  for (let now = at; ; ) {
    const ends = openingsAround(maintenance, now).flatMap(({ opens, shuts }) =>
      opens <= now && now < shuts ? [shuts] : [],
    );
    const latest = Math.max(...ends);
    if (ends.length === 0) return until;
    until = now = latest;
    if (until - at > 8 * 24 * 60 * MINUTE) return until;
  }
}

/**
 * The first instant, in ms, at which a site's window is open and stays so long enough.
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
  const fits = (at: number) => (openUntil(maintenance, at) ?? at) - at >= minutes * MINUTE;
  if (from > before) return undefined;
  if (fits(from)) return from;
  // A week and a day show every window that there is.
  for (let day = 0; day <= 8; day++) {
    const around = from + day * 24 * 60 * MINUTE;
    const found = openingsAround(maintenance, around)
      .map(({ opens }) => opens)
      .filter((opens) => opens > from && opens <= before && fits(opens))
      .sort((a, b) => a - b)[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The windows that open on the day before an instant, on its day and on the next one, in the site's time. */
function openingsAround(
  { timeZone = "UTC", windows = [] }: Maintenance,
  at: number,
): { opens: number; shuts: number }[] {
  const today = DateTime.fromMillis(at, { zone: timeZone }).startOf("day");
  return [-1, 0, 1].flatMap((by) => {
    const day = today.plus({ days: by });
    return windows
      .filter(({ days }) => days.includes(DAYS[day.weekday - 1] as Window["days"][number]))
      .map(({ from, to }) => ({
        opens: timeOn(day, from),
        shuts: timeOn(to > from ? day : day.plus({ days: 1 }), to),
      }));
  });
}

/** What the clock on the wall shows; an hour that a change of the clocks leaves out is the one after it. */
function timeOn(day: DateTime, time: string): number {
  const [hour, minute] = time.split(":").map(Number);
  return day.set({ hour, minute }).toMillis();
}
