import { factsOfPlan } from "../site/facts";
import { singleFailures } from "../site/failures";
import { parseSite } from "../site/parse";
import { planSite } from "../site/plan";
import { checkRules } from "../site/rules";
import { largeSite } from "../test/site/sites";

/** Time to parse, plan, prove and judge a site, by its size, and how it grows from one size to the next. */
const SIZES = [12, 25, 50, 100, 250, 500, 1000];
const WORKERS_PER_HOST = 5;

interface Times {
  hosts: number;
  machines: number;
  plan: number;
  failures: number;
  rules: number;
  memoryMB: number;
}

function timed<T>(work: () => T): [T, number] {
  const start = process.hrtime.bigint();
  const result = work();
  return [result, Number(process.hrtime.bigint() - start) / 1e6];
}

function measure(hosts: number): Times {
  const input = largeSite(hosts, hosts * WORKERS_PER_HOST - 7);
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

for (let i = 0; i < 3; i++) measure(SIZES[0] as number);
console.log("hosts  machines  plan ms  failures ms  rules ms  resident MB  ratio (plan time / size)");
let before: Times | undefined;
for (const size of SIZES) {
  const t = [measure(size), measure(size), measure(size)].sort((a, b) => a.plan - b.plan)[1] as Times;
  const ratio = before ? `${(t.plan / before.plan).toFixed(1)} / ${(t.hosts / before.hosts).toFixed(1)}` : "";
  const columns = [
    t.hosts,
    t.machines,
    t.plan.toFixed(1),
    t.failures.toFixed(1),
    t.rules.toFixed(1),
    t.memoryMB.toFixed(0),
  ];
  const widths = [5, 8, 7, 11, 8, 11];
  console.log(columns.map((c, j) => String(c).padStart(widths[j] as number)).join("  "), "", ratio);
  before = t;
}
