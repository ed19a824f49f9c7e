/**
 * What a changed setting means for a site that runs.
 *
 * - `free`: applied while everything runs; nothing is taken out of service.
 * - `one at a time`: machines are taken out of service one after another, each healthy before the next.
 * - `a way of its own`: something outside the site has to follow, or it goes in steps; `says` is what would break, `fix` the way.
 * - `never`: it is refused for a site that runs; `says` is the reason, `fix` what to do instead.
 */
export type Meaning =
  | { is: "free" | "one at a time"; says: string; compared?: boolean }
  | { is: "a way of its own" | "never"; says: string; fix: string; compared?: boolean };

/** Settings by their paths in the schema, `workers[].count`. */
export type Meanings = Readonly<Record<string, Meaning>>;

export function free(says: string): Meaning {
  return { is: "free", says };
}

export function oneAtATime(says: string): Meaning {
  return { is: "one at a time", says };
}

export function way(says: string, fix: string): Meaning {
  return { is: "a way of its own", says, fix };
}

export function never(says: string, fix: string): Meaning {
  return { is: "never", says, fix };
}

/** One whose value a run writes down, so that the next one sees that it is another. */
export function compared(meaning: Meaning): Meaning {
  return { ...meaning, compared: true };
}
