import type { PodSeen } from "./model";
import { type Seats, seat } from "./seats";
import { counted } from "./words";

export interface Stranded {
  host: string;
  pods: PodSeen[];
}

/** Whether room is kept for it elsewhere. */
const isKept = ({ givesWay, isBound }: PodSeen) => !givesWay && !isBound;

/**
 * For each host that would be lost, the pods of its workers that those which are left have no room for, beside what runs there;
 * pods that give way do so. Of pods that are never two on one node, one that finds nothing but such nodes is not missed.
 *
 * @param hosts of the site: where it is one, nothing is left to judge
 * @param share how much of a worker's room may be asked for then, 0 to 1
 */
export function stranded(workers: readonly Seats[], hosts: number, share = 1): Stranded[] {
  if (hosts < 2) return [];
  return [...new Set(workers.map(({ host }) => host))].flatMap((host) => {
    const gone = workers.flatMap((worker) => (worker.host === host ? worker.pods.filter(isKept) : []));
    const left = workers
      .filter((worker) => worker.host !== host)
      .map((worker) => ({ ...worker, pods: worker.pods.filter(({ givesWay }) => !givesWay) }));
    const pods = seat(gone, left, { share, isTogether: true });
    return pods.length > 0 ? [{ host, pods }] : [];
  });
}

/** How many pods that is, over all hosts. */
export function strandedPods(workers: readonly Seats[], hosts: number): number {
  return stranded(workers, hosts).reduce((sum, { pods }) => sum + pods.length, 0);
}

/** `without esx-1 2 pods would find no room`. */
export function strandedSaid([first]: readonly Stranded[]): string {
  return first ? `without ${first.host} ${counted(first.pods.length, "pod", "pods")} would find no room` : "";
}
