import { parseSite } from "../site/description/parse";
import { factsOfPlan } from "../site/facts/plan";
import { singleFailures } from "../site/judge/failures";
import { checkRules } from "../site/judge/rules";
import { planSite } from "../site/plan/plan";
import { largeSite } from "../test/support/sites";

/** Time to parse, plan, prove and judge a site, by its size, and how it grows from one size to the next. */
const SIZES = [12, 25, 50, 100, 250, 500, 1000];
const WORKERS_PER_HOST = 5;
const OFTEN = 5;

interface Times {
  hosts: number;
  machines: number;
  plan: number;
  failures: number;
  rules: number;
  memoryMB: number;
}

/** What must hold; exit code 1 if it does not. */
const LIMITS: { say: string; hosts: number; of: (t: Times) => number; most: number }[] = [
  { say: "12 hosts are planned in ms", hosts: 12, of: (t) => t.plan, most: 50 },
  { say: "1,000 hosts with 5,000 machines are planned in ms", hosts: 1000, of: (t) => t.plan, most: 2000 },
  { say: "their single failures are judged in ms", hosts: 1000, of: (t) => t.failures, most: 2000 },
  { say: "resident memory with them in MB", hosts: 1000, of: (t) => t.memoryMB, most: 500 },
];
/** Time may grow by this power of size at most: 1 is linear, 2 quadratic. From 50 hosts on; below it is milliseconds. */
const MOST_GROWTH = 1.35;
const GROWTH_FROM = 50;

function timed<T>(work: () => T): [T, number] {
  const start = process.hrtime.bigint();
  const result = work();
  return [result, Number(process.hrtime.bigint() - start) / 1e6];
}

function measure(hosts: number): Times {
  const input = largeSite(hosts, hosts * WORKERS_PER_HOST - 9);
  const [plan, planning] = timed(() => planSite(parseSite(input)));
  const facts = factsOfPlan(plan);
  const [, failures] = timed(() => singleFailures(facts));
  const [, rules] = timed(() => checkRules(facts));
  return {
    hosts,
    machines: plan.machines.length,
    plan: planning,
    failures,
    rules,
    memoryMB: process.memoryUsage.rss() / 2 ** 20,
  };
}

/** The quickest of several: what else the machine does is not the planner's. */
function best(hosts: number): Times {
  const all = Array.from({ length: OFTEN }, () => measure(hosts));
  const least = (of: (t: Times) => number) => Math.min(...all.map(of));
  const memoryMB = Math.max(...all.map((t) => t.memoryMB));
  return {
    ...(all[0] as Times),
    plan: least((t) => t.plan),
    failures: least((t) => t.failures),
    rules: least((t) => t.rules),
    memoryMB,
  };
}

function row(t: Times, before: Times | undefined): string {
  const numbers = [t.plan, t.failures, t.rules].map((n) => n.toFixed(1));
  const columns = [t.hosts, t.machines, ...numbers, t.memoryMB.toFixed(0)];
  const widths = [5, 8, 7, 11, 8, 11];
  const ratio = before ? `${(t.plan / before.plan).toFixed(1)} / ${(t.hosts / before.hosts).toFixed(1)}` : "";
  return `${columns.map((c, i) => String(c).padStart(widths[i] as number)).join("  ")}  ${ratio}`.trimEnd();
}

for (let i = 0; i < 10; i++) measure(SIZES[0] as number);
console.log("hosts  machines  plan ms  failures ms  rules ms  resident MB  ratio (plan time / size)");
const results: Times[] = [];
for (const size of SIZES) {
  const t = best(size);
  console.log(row(t, results.at(-1)));
  results.push(t);
}
console.log("");
const [small, large] = [results.find((t) => t.hosts === GROWTH_FROM), results.at(-1)] as [Times, Times];
const growth = Math.log(large.plan / small.plan) / Math.log(large.hosts / small.hosts);
const checks = [
  ...LIMITS.map(({ say, hosts, of, most }) => ({ say, most, is: of(results.find((t) => t.hosts === hosts) as Times) })),
  { say: `from ${GROWTH_FROM} hosts on, time grows by this power of size`, most: MOST_GROWTH, is: growth },
];
for (const { say, is, most } of checks) {
  console.log(`${is <= most ? "ok      " : "EXCEEDED"}  ${say}: ${is.toFixed(2)} (at most ${most})`);
  if (is > most) process.exitCode = 1;
}
