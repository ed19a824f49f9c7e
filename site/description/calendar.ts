/** Names of whole calendar events, as systemd has them. */
const NAMED =
  /^(minutely|hourly|daily|weekly|monthly|quarterly|annually|yearly|anually|biannually|bi-annually|semiannually|semi-annually)$/i;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?";

/** One part of a date or a time: the values it may have, and what its steps are counted in. */
interface Part {
  least: number;
  most: number;
  fraction?: boolean;
  fromEnd?: boolean;
}
const YEAR: Part = { least: 1970, most: 2199 };
const MONTH: Part = { least: 1, most: 12 };
const DAY_OF_MONTH: Part = { least: 1, most: 31 };
// Dates from a month's end are those that every month has.
const DAY_FROM_END: Part = { least: 1, most: 28, fromEnd: true };
const HOUR: Part = { least: 0, most: 23 };
const MINUTE: Part = { least: 0, most: 59 };
const SECOND: Part = { least: 0, most: 59.999_999, fraction: true };

/** Whether systemd takes a text as a calendar event, OnCalendar= (systemd.time(7)). */
export function isCalendarEvent(text: string): boolean {
  const event = withoutZone(text);
  if (NAMED.test(event)) return true;
  const rest = withoutWeekdays(event);
  if (rest === undefined || event === "") return false;
  if (rest === "") return true;
  const [first = "", ...more] = rest.split(/ +/);
  if (more.length > 1) return false;
  if (isDate(first)) return more.length === 0 || more[0] === "" || isTime(more[0] as string);
  return more.length === 0 && isTime(first);
}

/** Without the time zone at its end, where it is one. */
function withoutZone(text: string): string {
  const [, event, zone] = /^(.*?) +([^ ]+)$/.exec(text) ?? [];
  if (event === undefined || zone === undefined || !/^[A-Za-z]/.test(zone)) return text;
  if (new RegExp(`^(?:${DAY})`, "i").test(zone)) return text;
  if (zone.toUpperCase() === "UTC") return event;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return event;
  } catch {
    return text;
  }
}

/** What follows the days of the week; undefined where they are written wrongly. */
function withoutWeekdays(text: string): string | undefined {
  if (!new RegExp(`^(?:${DAY})`, "i").test(text)) return text;
  const [days = ""] = text.split(" ");
  const one = `(?:${DAY})(?:(?:\\.\\.|-)(?:${DAY}))?`;
  if (!new RegExp(`^${one}(?:,${one})*,?$`, "i").test(days)) return undefined;
  const inOrder = days.split(",").every((range) => {
    const [from = 0, to = from] = range.split(/\.\.|-/).map((day) => DAYS.indexOf(day.slice(0, 3).toLowerCase()));
    return from <= to;
  });
  return inOrder ? text.slice(days.length).trimStart() : undefined;
}

function isDate(text: string): boolean {
  if (text.includes(":")) return false;
  const parts = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(text);
  if (!parts) return false;
  const [, year = "*", month = "", separator, day = ""] = parts;
  return isPart(year, YEAR) && isPart(month, MONTH) && isPart(day, separator === "~" ? DAY_FROM_END : DAY_OF_MONTH);
}

function isTime(text: string): boolean {
  const [hour = "", minute = "", second = "0", ...more] = text.split(":");
  return (
    text.includes(":") && more.length === 0 && isPart(hour, HOUR) && isPart(minute, MINUTE) && isPart(second, SECOND)
  );
}

/** `*`, or a list of `from`, `from..to`, `from/step`, `from..to/step`. */
function isPart(text: string, part: Part): boolean {
  if (text === "*") return true;
  const number = part.fraction ? "\\d+(?:\\.\\d+)?" : "\\d+";
  return text.split(",").every((one) => {
    const found = new RegExp(`^(${number}?)(?:\\.\\.(${number}?))?(?:/(${number}))?$`).exec(one);
    if (!found) return false;
    const [from, to, step] = found.slice(1).map((value) => (value === undefined ? undefined : Number(value)));
    const start = part === YEAR ? fullYear(from as number) : (from as number);
    const stop = to === undefined ? undefined : part === YEAR ? fullYear(to) : to;
    return isStep({ start, stop, step }, part);
  });
}

function isStep({ start, stop, step }: { start: number; stop?: number; step?: number }, part: Part): boolean {
  const { least, most, fromEnd, fraction } = part;
  if (start < least || start > most || step === 0) return false;
  // Systemd counts a range of seconds in whole ones.
  if (fraction && stop !== undefined && step === undefined && stop - start < 1) return false;
  if (stop !== undefined) return start <= stop && stop <= most;
  const repeat = step ?? 0;
  return fromEnd ? start - repeat >= least : start + repeat <= most;
}

/** `99` is 1999, `69` is 2069. */
function fullYear(year: number): number {
  return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
}

const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a calendar event comes again and again: not in named years alone, nor on a day that none of its months has. */
export function comesForEver(text: string): boolean {
  const date = (withoutWeekdays(withoutZone(text)) ?? "").split(/ +/)[0] ?? "";
  const [, year = "*", month = "*", separator, day = "*"] =
    /^(?:([^-~:]+)-)?([^-~:]+)([-~])([^-~:]+)$/.exec(date) ?? [];
  if (year !== "*") return false;
  if (separator !== "-" || day === "*") return true;
  const first = Math.min(...day.split(",").map((one) => Number.parseInt(one, 10)));
  return LONGEST_MONTH.some((days, i) => days >= first && isIn(month, i + 1));
}

/** Whether a list of `from`, `from..to`, `from/step` holds a number. */
function isIn(part: string, number: number): boolean {
  return part.split(",").some((one) => {
    const [range = "", step] = one.split("/");
    const [from = "", to = step === undefined ? from : "12"] = range.split("..");
    if (from === "*") return true;
    const [start, stop, every] = [Number(from), Number(to), Number(step ?? 1)];
    return number >= start && number <= stop && (number - start) % every === 0;
  });
}

/** Hours of whole calendar events. */
const EVERY: Record<string, number> = { minutely: 0, hourly: 1, daily: 24, weekly: 168, monthly: 672, quarterly: 2160 };

/**
 * Hours that lie between two of a calendar event's times at least once: a lower bound. What comes at one time of the day is a day
 * apart, on one day of the week a week, of the month four weeks.
 */
export function leastHoursBetween(text: string): number {
  const event = withoutZone(text);
  if (NAMED.test(event)) return EVERY[event.toLowerCase()] ?? (/^(bi|semi)/i.test(event) ? 4320 : 8736);
  const rest = withoutWeekdays(event) ?? "";
  const days = event.slice(0, event.length - rest.length).trim();
  const [first = "", second] = rest.split(/ +/);
  const [date, time = "0:0:0"] = first.includes(":") ? [undefined, first] : [first || undefined, second || undefined];
  const one = (part: string | undefined) => part !== undefined && /^\d+(\.\d+)?$/.test(part);
  const [, month, separator, day] = /^(?:[^-~]+-)?([^-~]+)([-~])([^-~]+)$/.exec(date ?? "") ?? [];
  if (separator !== undefined && one(day)) return one(month) ? 8736 : 672;
  if (days !== "" && !/[,.-]/.test(days.replace(/,$/, ""))) return 168;
  return one(time.split(":")[0]) ? 24 : 0;
}
