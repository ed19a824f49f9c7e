import type { Component, Cost, FailureKind } from "./model";

/** What a person does about the thing itself. */
const MEND: Record<FailureKind, (id: string) => string> = {
  machine: () => "run `pulumi up`: it makes the machine again",
  "load-balancer": (id) => `get ${id} back; \`pulumi up\` makes a machine of this site again`,
  device: (id) => `replace device ${id}, then run \`pulumi up\`: machines on it are made again`,
  datastore: (id) => `mount or recreate datastore ${id}, then run \`pulumi up\``,
  host: (id) => `repair host ${id}; its machines return with it, else run \`pulumi up\` with its replacement`,
  rack: (id) => `repair rack ${id}; its machines return with its hosts`,
  feed: (id) => `restore power feed ${id}; hosts and machines start again`,
  room: (id) => `repair room ${id}; its machines return with its hosts`,
  network: () => "repair the network; machines find each other again by themselves",
};

/** What a person must do after a failure. */
export function actionFor(failed: readonly Component[], cost: Cost): string {
  const mend = failed.map((c) => MEND[c.kind](c.id)).join("; ");
  if (failed.every((c) => c.down.length === 0 && !c.endpoint)) return `nothing runs on it; ${mend}`;
  if (cost.dataLost) return `${mend}; if its disks are gone, restore the last etcd snapshot`;
  if (!cost.etcdQuorum) return `${mend}; etcd has a majority again then, no data is lost`;
  return mend;
}
