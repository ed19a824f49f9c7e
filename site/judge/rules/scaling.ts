import { listed } from "../../description/listed";
import type { Facts } from "../../facts/model";
import { homelessWorkers } from "../workersElsewhere";
import { devicesHaveSpace, hostsHaveCpus, hostsHaveMemory } from "./capacity";
import { type Breach, rule } from "./rule";

const filled = [hostsHaveMemory, hostsHaveCpus, devicesHaveSpace];

export const maximumFits = rule({
  id: "scale-maximum",
  subject: "Capacity",
  scope: "site",
  sentence:
    "with every pool at its maximum the hosts carry all machines, and without any one host the others have room for its workers",
  severity: "advisory",
  source: "W4, L11 [A, B, K]",
  fix: "lower scale.maximum, or add hosts, memory or devices; until then `groundwork scale` proposes fewer",
  check: (facts) => {
    const { atMaximum } = facts;
    if (atMaximum === undefined) return [];
    const then = { ...facts, machines: atMaximum.machines };
    const pools = `with ${listed(atMaximum.pools.map(({ name, maximum }) => `${maximum} workers in ${name}`))}`;
    const full = overfull(then).filter(({ path }) => !overfull(facts).some((now) => now.path === path));
    const lost = homelessWorkers(then).map(({ host, workers, cpus, memoryGiB }) => ({
      path: `hosts.${host}`,
      message: `the other hosts have no room for what runs on ${host}: ${workers === 1 ? "1 worker" : `${workers} workers`} with ${cpus} CPUs and ${memoryGiB} GiB`,
    }));
    return (full.length > 0 ? full : lost).map(({ path, message }) => ({ path, message: `${pools}, ${message}` }));
  },
});

function overfull(facts: Facts): Breach[] {
  return filled.flatMap((one) => one.check(facts).filter(({ severity }) => severity === undefined));
}
