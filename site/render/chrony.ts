import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { type FileSpec, file } from "./file";
import { shell } from "./shell";
import { QUIET, type Timed, timedService, timer } from "./timedUnit";

const CLOCK_SCRIPT = "/usr/local/sbin/groundwork-clock";
/** What a machine that may lead knows of the others; also whether it may. */
const LEADERS = "/etc/groundwork/clock";

/**
 * What keeps a machine's clock: time servers, where some are described; the machines of the site that follow one another where none answers; and the
 * latest hour that was known. Certificates, tokens and leases need clocks that agree, and of a site that is alone for long nobody else sets them.
 */
export function clockFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const described = timeServers(plan);
  const fellows = fellowsOf(plan, machine);
  return [
    ...(described ? [file("/etc/chrony/sources.d/groundwork.sources", described, ["clock"])] : []),
    ...(fellows ? [file("/etc/chrony/sources.d/groundwork-fellows.sources", fellows, ["clock"])] : []),
    ...(leads(plan, machine)
      ? [
          file("/etc/chrony/conf.d/groundwork.conf", listeners(plan), ["clock"]),
          file(LEADERS, leadersFile(plan, machine), []),
        ]
      : []),
    file(CLOCK_SCRIPT, shell("clock"), [], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-clock.service", timedService(timed), ["clock"]),
    file("/etc/systemd/system/groundwork-clock.timer", timer(timed), ["clock"]),
  ];
}

/** Trusted: machines that follow one another are more, and must not outvote who knows. */
function timeServers(plan: SitePlan): string {
  return plan.spec.network.ntp.map((server) => `server ${server} iburst trust\n`).join("");
}

/** The machines that others follow: members of etcd and control planes, which every site has. */
function leaders(plan: SitePlan): MachinePlan[] {
  return machinesOf(plan, "etcd", "control-plane");
}

function leads(plan: SitePlan, machine: MachinePlan): boolean {
  return leaders(plan).length > 1 && leaders(plan).some(({ name }) => name === machine.name);
}

function fellowsOf(plan: SitePlan, machine: MachinePlan): string {
  return othersOf(plan, machine)
    .map((address) => `server ${address} iburst\n`)
    .join("");
}

function othersOf(plan: SitePlan, machine: MachinePlan): string[] {
  return leaders(plan).flatMap(({ name, address }) => (name === machine.name ? [] : [address]));
}

function leadersFile(plan: SitePlan, machine: MachinePlan): string {
  const members = machinesOf(plan, "etcd").map(({ address }) => address);
  return [
    `OWN=${machine.address}`,
    `MEMBERS="${members.join(" ")}"`,
    `FELLOWS="${othersOf(plan, machine).join(" ")}"`,
    "",
  ].join("\n");
}

/** Who may ask for the time: all machines lie in that network, and one more of them changes nothing here. */
function listeners({ spec }: SitePlan): string {
  return `allow ${spec.network.cidr}\n`;
}

const timed: Timed = {
  what: "Keep this machine's clock with the others'",
  when: "See every ten minutes whether this machine's clock is with the others'",
  program: CLOCK_SCRIPT,
  limit: "2min",
  service: QUIET,
  // One that has just started has had time to hear the others when this comes for the first time.
  timer: ["OnActiveSec=10min", "OnUnitActiveSec=10min", "RandomizedDelaySec=1min"],
};
