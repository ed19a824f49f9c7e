/** What the program says first when it refuses a site: nothing was touched. */
export const REFUSED = {
  made: "refused before anything is made",
  changed: "refused before anything is changed",
  byVcenter: "vCenter would refuse it; nothing is made",
} as const;

/** A refusal as one text: the site, and each reason as `path: fact; fix`. */
export function refusal(site: string, what: keyof typeof REFUSED, reasons: readonly string[]): string {
  return [`${site}: ${REFUSED[what]}`, ...reasons].join("\n");
}

/** The reasons in what a program said; none if it did not refuse, but failed. */
export function refusalsIn(said: string): string[] {
  const [first = "", ...reasons] = said.split("\n");
  const isRefusal = Object.values(REFUSED).some((words) => first.endsWith(`: ${words}`));
  return isRefusal ? reasons.filter((line) => /^[^`]\S*.*: .+; .+/.test(line)) : [];
}
