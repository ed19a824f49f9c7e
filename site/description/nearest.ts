import { closest, distance } from "fastest-levenshtein";
import { printable } from "./problem";

/** What to do about a name that nothing has: the known one that it resembles most, if it does, else all of a few. */
export function nearest(name: string, known: readonly string[]): string {
  const alike = resembling(name, known);
  return alike === undefined ? "remove it or correct its name" : `did you mean ${printable(alike)}?`;
}

/**
 * The known name that differs least from this one, letters' case aside; none where a third of it or more would differ. Letters in another
 * order are a slip of the fingers.
 */
export function resembling(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 100) return undefined;
  const sameButCase = known.find((one) => one.toLowerCase() === name.toLowerCase());
  if (sameButCase !== undefined) return sameButCase;
  const sameLetters = known.find((one) => sorted(one) === sorted(name) && distance(one, name) <= 2);
  if (sameLetters !== undefined) return sameLetters;
  const best = closest(name, known as string[]);
  return distance(name, best) <= Math.max(1, Math.floor(Math.min(name.length, best.length) / 3)) ? best : undefined;
}

function sorted(name: string): string {
  return [...name].sort().join("");
}
