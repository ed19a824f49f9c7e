import { type DomainKind, FAILURE_DOMAINS } from "../../description/failureDomains";
import { type Component, type Cost, type FailureKind, isDomain } from "./model";

/** What a person does about the thing itself. */
const MEND: Record<Exclude<FailureKind, DomainKind>, (id: string) => string> = {
  machine: () => "run `pulumi up`: it makes the machine again",
  "load-balancer": (id) => `get ${id} back; \`pulumi up\` makes a machine of this site again`,
  device: (id) => `replace device ${id}, then run \`pulumi up\`: machines on it are made again`,
  datastore: (id) => `mount or recreate datastore ${id}, then run \`pulumi up\``,
  host: (id) => `repair host ${id}; its machines return with it, else run \`pulumi up\` with its replacement`,
  network: () => "repair the network; machines find each other again by themselves",
};

function mendOf({ kind, id }: Component): string {
  return isDomain(kind) ? FAILURE_DOMAINS[kind].mend(id) : MEND[kind](id);
}

/** Nothing else has what lay in them: a new volume is empty. */
function volumesOf({ volumes }: Cost): string[] {
  return volumes && volumes.lost > 0
    ? [
        "if disks of workers are gone, delete the claims whose volumes lay there, and fill new ones from their own backups",
      ]
    : [];
}

/** What a person must do after a failure. */
export function actionFor(failed: readonly Component[], cost: Cost): string {
  const mend = [...failed.map(mendOf), ...volumesOf(cost)].join("; ");
  if (failed.every((c) => c.down.length === 0 && !c.endpoint)) return `nothing runs on it; ${mend}`;
  if (cost.dataLost) return `${mend}; if its disks are gone, restore the last etcd snapshot`;
  if (!cost.etcdQuorum) return `${mend}; etcd has a majority again then, no data is lost`;
  return mend;
}
