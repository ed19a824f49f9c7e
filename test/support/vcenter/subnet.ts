import { withLock } from "../../../image/build/lock";
import { knownLabs } from "../../../lab/state";
import { freeSubnet } from "../../../lab/subnet";

/** Starts a datacenter on a 10.42.N.0/24 that is free, N, while no other test looks for one. */
export function onFreeSubnet<T>(start: (subnet: number) => Promise<T>): Promise<T> {
  return withLock("subnets of tests", () => {
    const labs = knownLabs().map(({ subnet }) => subnet);
    return start(freeSubnet(labs, "highest"));
  });
}
