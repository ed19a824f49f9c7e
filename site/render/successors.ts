import { succession } from "../description/succession";
import { sshHostKey } from "../pki/keys";
import { keepersOf, keptBy, succeeded } from "../pki/successors";
import type { MachinePlan, SitePlan } from "../plan/model";
import { type Content, content } from "./content";
import { type FileSpec, file, privateFile, secret } from "./file";
import { shell } from "./shell";
import { type Timed, timedService, timer } from "./timedUnit";

const FOLDER = "/etc/groundwork/successors";
const KEEPER = "/var/lib/groundwork-keeper";
const SUCCESSOR_SCRIPT = "/usr/local/sbin/groundwork-successor";
const KEEPER_SCRIPT = "/usr/local/sbin/groundwork-keeper";

/**
 * What a machine needs to live alone: its own next certificates, sealed, and the program that puts them in force; and what opens those of
 * other machines, with the program that gives it out when it is time.
 */
export function successorFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const generations = succession(plan.spec.pki).validityHours.map((_, i) => i + 1);
  const own = succeeded(plan).some(({ name }) => name === machine.name);
  return [...(own ? ownFiles(plan, machine, generations) : []), ...keeperFiles(keptBy(plan, machine), generations)];
}

function ownFiles(plan: SitePlan, machine: MachinePlan, generations: number[]): FileSpec[] {
  const keepers = keepersOf(plan, machine);
  return [
    file(`${FOLDER}/schedule`, secret(`successor-dates/${machine.name}`), []),
    ...(plan.spec.addons.monitoring ? [file(`${FOLDER}/end`, secret(`successor-end/${machine.name}`), [])] : []),
    ...generations.map((n) => privateFile(`${FOLDER}/${n}.age`, secret(`successor/${machine.name}/${n}`), [])),
    file(`${FOLDER}/keepers`, keepers.map(({ address }) => `${address}\n`).join(""), []),
    file(
      `${FOLDER}/known_hosts`,
      keepers.flatMap((keeper) => content`${keeper.address} ${hostKey(keeper)}\n`),
      [],
    ),
    file(SUCCESSOR_SCRIPT, shell("successor"), [], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-successor.service", timedService(timed), ["successor"]),
    file("/etc/systemd/system/groundwork-successor.timer", timer(timed), ["successor"]),
  ];
}

function keeperFiles(kept: readonly MachinePlan[], generations: number[]): FileSpec[] {
  if (kept.length === 0) return [];
  const readable = { mode: 0o640, owner: "root:groundwork-keeper" };
  return [
    ...kept.flatMap(({ name }) =>
      generations.map((n) => file(`${KEEPER}/kept/${name}-${n}`, secret(`successor-key/${name}/${n}`), [], readable)),
    ),
    file(
      `${KEEPER}/.ssh/authorized_keys`,
      kept.flatMap(
        (machine) =>
          content`restrict,from="${machine.address}",command="${KEEPER_SCRIPT} ${machine.name}" ${loginKey(machine)}\n`,
      ),
      [],
    ),
    file(KEEPER_SCRIPT, shell("keeper"), [], { mode: 0o755 }),
  ];
}

/** The same of a machine that may be new: a preview does not know it yet, and knows all else that its keepers get. */
function loginKey(machine: MachinePlan): Content {
  return machine.existing ? [machine.existing.hostKey] : secret(`successor-login/${machine.name}`);
}

/** A machine's public SSH host key, by which keepers and those whom they keep for know each other. */
function hostKey(machine: MachinePlan): Content {
  return machine.existing ? [machine.existing.hostKey] : secret(`openssh-public-key/${sshHostKey(machine)}`);
}

const timed: Timed = {
  what: "Put the machine's next certificates in force when it is time",
  when: "See once an hour whether certificates near their end",
  program: SUCCESSOR_SCRIPT,
  limit: "30min",
  unit: ["After=network-online.target", "Wants=network-online.target"],
  service: ["Restart=on-failure", "RestartSec=1min"],
  // A clock that jumps, as it does when a battery is flat, may have passed a date.
  timer: ["OnBootSec=1min", "OnUnitActiveSec=1h", "OnClockChange=true", "RandomizedDelaySec=1min"],
};
