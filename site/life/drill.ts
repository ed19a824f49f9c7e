/** An object of a cluster as an API server reads it. */
export interface KeptObject {
  uid: string;
  /** At which write of etcd it is as it is. */
  revision: number;
  /** Of all that is in it. */
  sha256: string;
}

/** What a restored cluster has of a living one. */
export interface Comparison {
  /** Objects of the living cluster that no one has changed since the backup: all of them must be there. */
  compared: number;
  /** Those that are there with the same content. */
  same: number;
  /** Those that the restored cluster has changed itself, as its addresses or machines are others. */
  rewritten: string[];
  missing: string[];
  /** Those that are said to be untouched, and yet have another content. */
  different: string[];
  /** Objects of the living cluster that were made or changed after the backup. */
  later: number;
}

/**
 * Compares a restored cluster with the living one whose backup it was made from: what was not touched on either side since the backup
 * has the same revision, and must have the same content.
 *
 * @param revision etcd's, of the backup
 */
export function compared(
  living: ReadonlyMap<string, KeptObject>,
  restored: ReadonlyMap<string, KeptObject>,
  revision: number,
): Comparison {
  const result: Comparison = { compared: 0, same: 0, rewritten: [], missing: [], different: [], later: 0 };
  for (const [key, object] of living) {
    if (object.revision > revision) {
      result.later++;
      continue;
    }
    result.compared++;
    const twin = restored.get(key);
    if (twin === undefined || twin.uid !== object.uid) result.missing.push(key);
    else if (twin.sha256 === object.sha256) result.same++;
    else if (twin.revision > revision) result.rewritten.push(key);
    else result.different.push(key);
  }
  return result;
}

/** Where a drill is made, beside the living site. */
export interface DrillPlace {
  /** Addresses that nobody has, as `network.machines`, and one more, as `network.apiVip`. */
  machines: string;
  apiVip: string;
}

/** A machine of the living site and what it takes of its host. */
export interface LivingMachine {
  name: string;
  host: string;
  address: string;
  memoryGiB: number;
}

type Described = Record<string, unknown> & { network?: object; hosts?: Record<string, unknown>[] };

/**
 * A living site's description, made into that of a drill: of the same members of etcd and control planes, on what its hosts have left.
 * It has no workers, so that nothing of what is restored does its work twice, and makes no backups, which would be taken for the site's.
 *
 * @param description as its owner wrote it
 */
export function drillOf(
  description: Described,
  name: string,
  place: DrillPlace,
  living: readonly LivingMachine[],
): Described {
  const taken = (host: unknown) =>
    living.filter((machine) => machine.host === host).reduce((sum, { memoryGiB }) => sum + memoryGiB, 0);
  const { backup: _, workload: __, contacts: ___, ...kept } = description;
  return {
    ...kept,
    name: drillName(name),
    hosts: (description.hosts ?? []).map((host) => ({
      ...host,
      memoryGiB: Math.max(1, Number(host.memoryGiB) - taken(host.name)),
    })),
    network: { ...description.network, ...place },
    loadBalancer: { kind: "haproxy", count: 2 },
    workers: [],
  };
}

export function drillName(site: string): string {
  return `${site}-drill`;
}

/** What a drill came to. Signed, it is the record that a policy reads. */
export interface DrillRecord {
  version: 1;
  site: string;
  stack: string;
  /** When it began, RFC 3339. */
  time: string;
  passed: boolean;
  /** Why not, if it did not. */
  problem?: string;
  backup?: { name: string; time: string };
  /** Age of the backup when the drill began: what would have been lost. */
  rpoSeconds?: number;
  /** From the beginning until everything was there, and the part of it after the machines existed. */
  rtoSeconds?: number;
  afterMachinesSeconds?: number;
  objects?: {
    compared: number;
    same: number;
    rewritten: number;
    later: number;
    /** The first of them. */
    missing: string[];
    different: string[];
  };
}

/** How a drill's record is signed: the namespace of `ssh-keygen -Y sign -n`. */
export const DRILL_NAMESPACE = "groundwork-drill";
