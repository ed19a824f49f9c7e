/** `npm run test:long` looks at everything that a search may look at; other runs at a fifth, from the same seed. */
const part = process.env.GROUNDWORK_SEARCH === "whole" ? 1 : 0.2;

/** How many cases a search looks at, or has to find, of so many. */
export function sought(cases: number): number {
  return Math.floor(cases * part);
}
