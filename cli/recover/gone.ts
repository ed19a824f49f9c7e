import type { Action } from "../../sdks/vcenter/actions";
import { sameDevice } from "../../site/description/deviceId";
import type { Problem } from "../../site/description/problem";
import { isStore } from "../../site/description/stores";

/** A machine of the site, and where it lies: as the last complete `up` made it, or as it is planned. */
export interface PlacedMachine {
  name: string;
  role: string;
  host: string;
  disks: readonly { datastore: string; device?: string | undefined }[];
}

/** What vCenter says of a machine that it still lists. */
export interface ListedMachine {
  id: string;
  /** `connected`, `disconnected`, `inaccessible`, `orphaned` or `invalid`. */
  connection: string;
  isOn: boolean;
  /** Names of its datastores that are not accessible. */
  deadDatastores: readonly string[];
}

/** What is done so that a machine can be made again. */
export interface GivingUp {
  machine: string;
  /** In vCenter, one after the other. */
  actions: readonly { id: string; action: Action }[];
  /** For people. */
  because: string;
}

/** The machines that go with machines, hosts, devices or datastores. */
export function machinesOn(machines: readonly PlacedMachine[], gone: readonly string[]): PlacedMachine[] {
  const isGone = (name: string) => gone.includes(name);
  return machines.filter(
    ({ name, host, disks }) =>
      isGone(name) ||
      isGone(host) ||
      disks.some(
        ({ datastore, device }) =>
          isGone(datastore) || (device !== undefined && gone.some((name) => sameDevice(device, name))),
      ),
  );
}

/** What `--gone` can name. */
export function namesOf(machines: readonly PlacedMachine[]): string[] {
  const all = machines.flatMap(({ name, host, disks }) => [
    name,
    host,
    ...disks.flatMap(({ datastore, device }) => [datastore, ...(device === undefined ? [] : [device])]),
  ]);
  return [...new Set(all)].sort();
}

/**
 * How machines are given up, or why they are not.
 *
 * @param all every machine of the site
 * @param inState names of the machines that the state has
 * @param listed what vCenter lists, by name
 */
export function givingUp(
  all: readonly PlacedMachine[],
  concerned: readonly PlacedMachine[],
  inState: ReadonlySet<string>,
  listed: ReadonlyMap<string, ListedMachine>,
): { steps: GivingUp[] } | { problems: Problem[] } {
  const judged = concerned
    .filter(({ name }) => inState.has(name) || listed.has(name))
    .map((machine) => stepOf(machine, listed.get(machine.name)));
  const problems = [
    ...quorumProblems(all, concerned, inState),
    ...judged.flatMap((each) => ("problem" in each ? [each.problem] : [])),
  ];
  if (problems.length > 0) return { problems };
  return { steps: judged.flatMap((each) => ("step" in each ? [each.step] : [])) };
}

/** A member's data is given up only while a majority has it. */
function quorumProblems(
  all: readonly PlacedMachine[],
  concerned: readonly PlacedMachine[],
  inState: ReadonlySet<string>,
): Problem[] {
  const stores = [...new Set(concerned.map(({ role }) => role))].filter(isStore);
  return stores.flatMap((store) => {
    const members = all.filter(({ role }) => role === store);
    const left = members.filter((member) => inState.has(member.name) && !concerned.includes(member));
    const needed = Math.floor(members.length / 2) + 1;
    if (left.length >= needed) return [];
    return [
      {
        path: store,
        fact: `${left.length} of ${members.length} members would be left, and it takes ${needed}`,
        fix:
          members.length === 1
            ? "its data is on that disk alone: restore the site from a backup, see `groundwork restore --help`"
            : "give up one at a time; if a majority is gone, follow “etcd has lost its quorum” in `groundwork runbook`",
      },
    ];
  });
}

function stepOf(
  { name, host }: PlacedMachine,
  machine: ListedMachine | undefined,
): { step: GivingUp } | { problem: Problem } {
  const step = (because: string, ...actions: Action[]) => ({
    step: { machine: name, because, actions: actions.map((action) => ({ id: machine?.id ?? "", action })) },
  });
  const problem = (fact: string, fix: string) => ({ problem: { path: `machines.${name}`, fact, fix } });
  if (machine === undefined) return step("vCenter has it no more");
  const { connection, isOn, deadDatastores } = machine;
  if (connection === "disconnected")
    return problem(
      `its host ${host} does not answer, and vCenter deletes nothing there`,
      `take the host out of vCenter's inventory, which takes its machines along: \`govc host.remove ${host}\`; then run this again`,
    );
  if (connection !== "connected") return step(`vCenter cannot read its files (${connection})`, "UnregisterVM");
  if (deadDatastores.length > 0)
    return step(
      `${deadDatastores.join(", ")} is not accessible`,
      ...(isOn ? (["PowerOffVM_Task"] as const) : []),
      "UnregisterVM",
    );
  if (isOn)
    return problem(
      "it is on, and vCenter reaches its host and its datastores",
      "power it off in vCenter if it is to be given up; else it is not gone",
    );
  return step("it is off", "Destroy_Task");
}
