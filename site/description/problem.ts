/** Something wrong with a site's description: where, what is so, and what to do. Data; people read `formatProblem`. */
export interface Problem {
  path: string;
  fact: string;
  fix: string;
}

/** `path: fact; fix`, on one line. */
export function formatProblem({ path, fact, fix }: Problem): string {
  return `${path === "" ? "site" : path}: ${fact}; ${fix}`;
}

/** All problems of a site's description at once. */
export class SiteError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "SiteError";
  }
}

/** `["hosts", 0, "name"]` → `hosts[0].name`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) =>
      typeof key === "number" ? `[${key}]` : i === 0 ? printable(String(key)) : `.${printable(String(key))}`,
    )
    .join("");
}

/** Text from outside, safe to show in a terminal: one line, no control characters, no login of an address, not longer than a line. */
export function printable(text: string): string {
  const plain = text
    .replace(/(:\/\/)\S*@/g, "$1(login)@")
    .replace(/[^\x20-\x7e]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
  return plain.length > 80 ? `${plain.slice(0, 77)}...` : plain;
}

/** A value as it is shown in a problem. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `"${printable(value)}"`;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
