import type { Facts, MachineFact } from "../facts/model";
import { machinesOf } from "../plan/roles";

/** Workers of a host that the other hosts have no room for. */
export interface Homeless {
  host: string;
  /** All workers of the host. */
  workers: number;
  cpus: number;
  memoryGiB: number;
}

/**
 * The hosts of which the others could not take all workers over (L11): by memory, and by CPUs at the accepted
 * overcommitment. Nothing for a site on one host, or where a host's size or a worker's host is not known.
 */
export function homelessWorkers(facts: Facts): Homeless[] {
  const workers = machinesOf(facts, "worker");
  if (facts.hosts.length < 2 || workers.some(({ host }) => host === undefined)) return [];
  const free = new Map(facts.hosts.map((host) => [host.name, left(host, facts.machines)]));
  return facts.hosts.flatMap(({ name }): Homeless[] => {
    const on = workers.filter(({ host }) => host === name).sort((a, b) => memory(b) - memory(a));
    const others = [...free].flatMap(([other, room]) => (other === name ? [] : [{ ...room }]));
    return on.every((worker) => seated(worker, others))
      ? []
      : [{ host: name, workers: on.length, cpus: sum(on.map(cpus)), memoryGiB: sum(on.map(memory)) }];
  });
}

interface Room {
  cpus: number;
  memoryGiB: number;
}

function left(host: Facts["hosts"][number], machines: readonly MachineFact[]): Room {
  const on = machines.filter((machine) => machine.host === host.name);
  return {
    cpus: (host.cpus ?? Number.POSITIVE_INFINITY) - sum(on.map(cpus)),
    memoryGiB: (host.memoryGiB ?? Number.POSITIVE_INFINITY) - sum(on.map(memory)),
  };
}

/** Takes the room of a worker where there is some. */
function seated(worker: MachineFact, rooms: Room[]): boolean {
  const room = rooms.find((one) => one.cpus >= cpus(worker) && one.memoryGiB >= memory(worker));
  if (room === undefined) return false;
  room.cpus -= cpus(worker);
  room.memoryGiB -= memory(worker);
  return true;
}

const cpus = (machine: MachineFact): number => machine.cpus ?? 0;
const memory = (machine: MachineFact): number => machine.memoryGiB ?? 0;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
