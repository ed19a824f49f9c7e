// A rollout of a fleet is planned once, its sites' verdicts given, in a process of its own: for `npm run bench:fleet`.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { render } from "../cli/fleet/render";
import { projectIn } from "../cli/report/project";
import { sitesOf } from "../cli/rollout/candidates";
import { calendarOf } from "../fleet/rollout/calendar";
import { planRollout } from "../fleet/rollout/plan";
import { readPolicy } from "../fleet/rollout/read";
import type { RolloutPlan } from "../fleet/rollout/schema";
import { repository } from "../lab/toolchain/artifact";

const count = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "groundwork-fleet-"));

function seconds(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}

/** The example's fleet with so many sites, each like its first one. */
function writeFleet(): void {
  cpSync(join(repository, "docs/examples/fleet"), folder, { recursive: true });
  const fleet = parse(readFileSync(join(folder, "fleet.yaml"), "utf8"));
  const [model] = Object.values(fleet.sites) as { labels: object; settings: object }[];
  const { town: towns } = fleet.labels as { town: string[] };
  fleet.sites = Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const labels = { ...model?.labels, town: towns[i % towns.length] };
      return [`store-${i}`, { labels, settings: model?.settings }];
    }),
  );
  writeFileSync(join(folder, "fleet.yaml"), stringify(fleet, { aliasDuplicateObjects: false }));
  writeFileSync(join(folder, "fleet-pool.yaml"), "networks: [{kind: block, cidr: 10.0.0.0/8, prefixLength: 24}]\n");
}

try {
  writeFleet();
  const read = readPolicy({ atOnce: 50, atOncePer: { town: 20 }, waves: [{ share: 0.1 }, { share: 0.3 }] });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const rendering = seconds(() => void render({ project: folder }, () => {}));
  let sites: ReturnType<typeof sitesOf> = [];
  const readSites = () => {
    sites = sitesOf(projectIn(folder), [], []);
  };
  const [first, reading] = [seconds(readSites), seconds(readSites)];
  const plans: RolloutPlan[] = [];
  const planning = seconds(() => {
    const judged = sites.map((site) => ({ ...site, verdict: { is: "safe" as const, reasons: [] } }));
    const planned = planRollout(judged, read.policy, Date.now());
    if ("problems" in planned) throw new Error(JSON.stringify(planned.problems));
    plans.push(planned.plan);
  });
  const [plan] = plans;
  if (plan?.sites.length !== count) throw new Error(`${plan?.sites.length} of ${count} sites are in the plan`);
  const calendar = seconds(() => {
    calendarOf(plan, Date.now(), 30);
  });
  const residentMB = process.memoryUsage.rss() / 1e6;
  console.log(JSON.stringify({ rendering, first, reading, planning, calendar, residentMB }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
