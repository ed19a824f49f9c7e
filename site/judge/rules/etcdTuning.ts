import { rule } from "./rule";

const source = "C3 [A]";

export const etcdTimersFitNetwork = rule({
  id: "etcd-timers",
  subject: "etcd",
  scope: "site",
  sentence:
    "etcd's heartbeat is at least the round trip between members, its election timeout at least ten round trips and five heartbeats",
  severity: "mandatory",
  source,
  fix: "leave etcd.heartbeatMs and etcd.electionMs to the planner, or raise them",
  check: ({ etcd }) => {
    if (!etcd) return [];
    const { heartbeatMs, electionMs, rttMs } = etcd;
    return [
      ...(heartbeatMs < rttMs
        ? [
            {
              path: "etcd.heartbeatMs",
              message: `a heartbeat of ${heartbeatMs} ms is shorter than the round trip of ${rttMs} ms`,
            },
          ]
        : []),
      ...(electionMs < Math.max(10 * rttMs, 5 * heartbeatMs)
        ? [
            {
              path: "etcd.electionMs",
              message: `an election timeout of ${electionMs} ms is too short for a heartbeat of ${heartbeatMs} ms and a round trip of ${rttMs} ms`,
            },
          ]
        : []),
    ];
  },
});

export const membersAreNear = rule({
  id: "etcd-rtt",
  subject: "etcd",
  scope: "site",
  sentence: "etcd members are near each other",
  severity: "advisory",
  source,
  fix: "keep members within 50 ms of each other; every write waits for a majority",
  check: ({ etcd }) =>
    etcd && etcd.rttMs > 50 ? [{ path: "network.rttMs", message: `${etcd.rttMs} ms lie between etcd members` }] : [],
});
