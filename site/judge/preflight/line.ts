/** One thing that was looked at. `refused` stops an `up`; `caution` does not; `ok` says what was seen. */
export interface PreflightLine {
  state: "ok" | "caution" | "refused";
  /** Where a person changes it: a path of the description, `vCenter`, or `VSPHERE_USER`. */
  path: string;
  fact: string;
  /** What to do; left out for `ok`. */
  fix?: string;
}

export const ok = (path: string, fact: string): PreflightLine => ({ state: "ok", path, fact });
export const caution = (path: string, fact: string, fix: string): PreflightLine => ({
  state: "caution",
  path,
  fact,
  fix,
});
export const refused = (path: string, fact: string, fix: string): PreflightLine => ({
  state: "refused",
  path,
  fact,
  fix,
});
