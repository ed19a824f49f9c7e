import { answerOf } from "../../cli/status/question";
import type { MachineSeen, SiteSeen } from "../../cli/status/seen";
import { parseSite } from "../../site/description/parse";
import { isStore } from "../../site/description/stores";
import { factsOfPlan } from "../../site/facts/plan";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "./sites";

export const plan = planSite(parseSite(site(threeHosts)));
export const version = plan.spec.kubernetes.version;
export const at = "2026-06-01T12:00:00.000Z";

/** As a member of etcd answers it; its id is larger than JavaScript's numbers are exact. */
export const endpointStatus = (id: string, leader: string, more: object = {}) =>
  JSON.stringify([
    {
      Endpoint: "https://10.0.42.10:2379",
      Status: { header: { member_id: 0 }, version: "3.6.8", dbSize: 5_242_880, leader: 0, ...more },
    },
  ])
    .replace('"member_id":0', `"member_id":${id}`)
    .replace('"leader":0', `"leader":${leader}`);

/** How many writes of etcd's log took no longer than so many seconds, as its metrics count them. */
export const fsync = (...counts: number[]) =>
  `fsync\t${["0.002", "0.004", "0.008", "0.016", "+Inf"].map((limit, i) => `${limit}=${counts[i]}`).join(" ")} \n`;
export const fast = fsync(900, 990, 1000, 1000, 1000);

export const LEADER = "13803658152347727308";
export const answers = (text: string): MachineSeen => ({ answers: true, ...answerOf(text) });

/** What is seen of a site of three hosts that is well, changed. */
export function seen(change: (seen: SiteSeen) => void = () => {}): SiteSeen {
  const machines = Object.fromEntries(
    plan.machines
      .filter(({ role }) => role !== "worker")
      .map(({ name, role }, i): [string, MachineSeen] => {
        const id = name === "shop-etcd-a" ? LEADER : `1380365815234772730${i}`;
        if (isStore(role))
          return [
            name,
            answers(
              `member\t${endpointStatus(id, LEADER)}\n${fast}backup\t{"last": {"time": "2026-06-01T11:00:00Z"},"attempt": {"ok": true}}\n`,
            ),
          ];
        return [name, answers(role === "load-balancer" ? `holds\t${name.endsWith("a") ? 1 : 0}\n` : "")];
      }),
  );
  const all: SiteSeen = {
    stack: "shop",
    site: plan.site,
    at,
    endpoint: "https://10.0.42.5:6443",
    address: "10.0.42.5",
    facts: factsOfPlan(plan),
    kubernetes: version,
    nodes: plan.machines
      .filter(({ role }) => role === "worker" || role === "control-plane")
      .map(({ name }) => ({ name, ready: true, version: `v${version}`, cordoned: false })),
    machines,
    qualified: {},
    shared: [],
    places: plan.machines.map(({ name, host, disks }) => ({
      ...{ name, host, connection: "connected" },
      datastores: disks.map(({ datastore }) => datastore),
    })),
    certificates: [{ id: "apiserver", expires: "2026-09-01T00:00:00Z", machines: ["m"], places: [{ where: "m" }] }],
    backupHours: 24,
    drill: { time: "2026-05-31T12:00:00Z", passed: true },
    undone: [],
    noticeDays: 90,
  };
  change(all);
  return all;
}
