import { parseSite } from "../site/description/parse";
import { factsOfPlan } from "../site/facts/plan";
import { singleFailures } from "../site/judge/failures";
import { planSite } from "../site/plan/plan";
import { largeSite } from "../test/support/sites";

// One measurement in a process of its own, as JSON: see commands.ts. With a number, of so many hosts and nodes.
// A description takes no more hosts, and Kubernetes no more nodes.
const hosts = Number(process.argv[2] ?? 5000);
const input = largeSite(hosts, hosts - 2);
const start = performance.now();
const failures = singleFailures(factsOfPlan(planSite(parseSite(input))));
const seconds = (performance.now() - start) / 1000;
if (failures.length < hosts) throw new Error(`only ${failures.length} failures were judged`);
console.log(JSON.stringify({ seconds, residentGB: process.memoryUsage.rss() / 1e9 }));
