import type { Settled } from "../description/changes/settled";
import type { Role } from "../description/spec";
import { aloneMonths } from "../description/succession";
import { completeFacts } from "../facts/complete";
import { type Applied, appliedOf } from "../life/applied";
import type { CardPlan, DiskPlan, Move, SitePlan } from "../plan/model";
import { conflictFinding } from "./conflict";
import { pairFailures, singleFailures } from "./failures";
import type { Failure, PairFailure } from "./failures/model";
import { type Rank, rankOf } from "./rank";
import { checkRules, type Finding } from "./rules";
import { layoutRules } from "./rules/catalog";

/** Everything that is told of a plan: `groundwork plan --json` prints it, and reads it back as `--against`. */
export interface Assessment {
  version: 1;
  site: string;
  rank: Rank;
  /** Versions, rotations and what else a later description is compared with. */
  standing: Omit<Applied, "version" | "settled" | "machines">;
  settled: Settled;
  machines: {
    name: string;
    role: Role;
    host: string;
    address: string;
    cpus: number;
    memoryGiB: number;
    disks: DiskPlan[];
    cards?: CardPlan[];
    podCidr?: string;
  }[];
  etcd: { members: string[] };
  events?: { members: string[] };
  networkStore?: { members: string[] };
  endpoint: { host: string; port: number };
  /** For how many months the site goes on after its last `up`. */
  aloneMonths: number;
  failures: Failure[];
  pairs?: PairFailure[];
  moves: Move[];
  findings: Finding[];
}

/** Above this many hosts a conflict is not narrowed down: every candidate is a whole plan. */
const MOST_HOSTS_EXPLAINED = 60;

export function assess(plan: SitePlan, options: { pairs?: boolean } = {}): Assessment {
  const facts = completeFacts(plan);
  const { version: _, settled = {}, machines: __, ...standing } = appliedOf(plan);
  const findings = checkRules(facts);
  // No hardware mends what is said of the network.
  const ofLayout = new Set(layoutRules.filter(({ subject }) => subject !== "Network").map(({ id }) => id));
  const broken = findings.some((f) => f.severity === "mandatory" && ofLayout.has(f.rule));
  const conflict = broken && plan.spec.hosts.length <= MOST_HOSTS_EXPLAINED ? conflictFinding(plan.spec) : undefined;
  return {
    version: 1,
    site: plan.site,
    rank: rankOf(facts),
    standing,
    settled,
    machines: plan.machines.map(({ name, role, host, address, cpus, memoryGiB, disks, cards, podCidr }) => ({
      name,
      role,
      host,
      address,
      cpus,
      memoryGiB,
      disks,
      ...(cards && { cards }),
      ...(podCidr !== undefined && { podCidr }),
    })),
    etcd: { members: plan.etcd.members },
    ...(plan.events && { events: { members: plan.events.members } }),
    ...(plan.networkStore && { networkStore: { members: plan.networkStore.members } }),
    endpoint: plan.endpoint,
    aloneMonths: aloneMonths(plan.spec.pki),
    failures: singleFailures(facts),
    ...(options.pairs && { pairs: [...pairFailures(facts)] }),
    moves: plan.moves,
    findings: conflict ? [...findings, conflict] : findings,
  };
}
