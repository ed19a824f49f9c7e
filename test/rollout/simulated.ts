import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SiteRefusal, type SiteWork, type Watch } from "../../fleet/rollout/work";
import type { WatchWork } from "../../fleet/watch/work";

/**
 * Sites that are folders of files: what an engine does to one is a line in its file, and takes a time that is drawn. A site of which the
 * file `<site>.<kind>` lies there answers with that refusal; the file's text says why.
 */
export function simulatedSites(folder: string, longest: number): SiteWork {
  const at = (name: string) => join(folder, name);
  const refuse = (site: string, ...kinds: ConstructorParameters<typeof SiteRefusal>[0][]) => {
    for (const kind of kinds)
      if (existsSync(at(`${site}.${kind}`))) throw new SiteRefusal(kind, readFileSync(at(`${site}.${kind}`), "utf8"));
  };
  const takes = ({ signal }: Watch) => sleep(Math.random() * longest, undefined, { signal });
  const isApplied = (site: string) => existsSync(at(`${site}.applied`));
  return {
    async stage({ site }, watch) {
      await takes(watch);
      refuse(site, "away", "refused");
    },
    async admit({ site }) {
      refuse(site, "away", "refused");
    },
    async apply({ site }, watch) {
      appendFileSync(at("log"), `${site} begins\n`);
      await takes(watch);
      refuse(site, "failed", "busy");
      while (existsSync(at(`${site}.hangs`))) await sleep(50, undefined, { signal: watch.signal });
      // As an engine does: what is there already is not made again.
      if (!isApplied(site)) {
        writeFileSync(at(`${site}.applied`), "");
        appendFileSync(at("log"), `${site} changed\n`);
      }
    },
    async unhealthy(site) {
      return existsSync(at(`${site}.ill`)) ? readFileSync(at(`${site}.ill`), "utf8") : undefined;
    },
  };
}

/** Four sites that are watched, of which one has changed, one cannot be seen, and one fails its drill. */
export const simulatedWatch: WatchWork = {
  sites: async () => ["s-0", "s-1", "s-2", "s-3"].map((name) => ({ name, labels: { town: name } })),
  async look(site) {
    if (site === "s-1") throw new SiteRefusal("failed", "its state cannot be read");
    const at = new Date().toISOString();
    if (site !== "s-2") return { site, at, is: "as described", what: [] };
    return { site, at, is: "found", what: ["its data disk was moved"], mends: ["changed-by-hand"] };
  },
  keep: async (findings) => findings.filter(({ is }) => is !== "as described"),
  async tell() {},
  async repair() {},
  async drill(site) {
    if (site === "s-3") throw new SiteRefusal("failed", "objects are missing");
  },
};
