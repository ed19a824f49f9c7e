import { traefikCopies } from "../../site/description/gatewayApi";
import { capabilitiesOf } from "../../site/description/hypervisors";
import type { SitePlan } from "../../site/plan/model";
import { hasVolumesDisk } from "../../site/plan/roles";
import type { CaseKind } from "./cases";

/** What becomes of the addresses of Services with what workers may be lost by. */
export function servicesSay({ spec }: SitePlan, kind: CaseKind): string[] {
  const { serviceAddresses } = spec.network;
  if (serviceAddresses === undefined || kind === "network" || kind === "endpoint") return [];
  return [
    `If a worker stops that answers for addresses of Services (of ${serviceAddresses}), another one does within seconds: connections end, new ones work. Without any worker nobody does.`,
  ];
}

/** What becomes of what is reached by names: it is behind one of those addresses, and its certificates are renewed in the cluster. */
export function gatewaySays({ spec }: SitePlan, kind: CaseKind): string[] {
  const { gatewayApi } = spec.addons;
  if (gatewayApi === undefined || kind === "network" || kind === "endpoint") return [];
  const answers =
    traefikCopies(spec) > 1
      ? "another worker answers within seconds"
      : "nobody answers until its worker is back, or another one runs Traefik";
  return [
    `If the worker stops that answers for ${gatewayApi.address} (${gatewayApi.domain}), ${answers}. If cert-manager stopped with it, it starts elsewhere; certificates that were issued are good meanwhile.`,
  ];
}

/** What becomes of what claims have on a worker's disk, which is nowhere else. */
export function volumesSay({ machines, spec }: SitePlan, kind: CaseKind): string[] {
  const workers = machines.filter(hasVolumesDisk);
  if (workers.length === 0 || kind === "network" || kind === "endpoint") return [];
  const named = workers.length > 5 ? `${workers.length} workers` : workers.map(({ name }) => name).join(", ");
  const kept = capabilitiesOf(spec.hypervisor.kind).makesMachines
    ? " A worker that is made anew starts with an empty disk."
    : "";
  return [
    `Volumes of claims lie on the disks of ${named}, each on one disk alone. Pods that use one wait until its worker is back.${kept} If such a disk is lost, so is what lay there: delete the claims and volumes that \`kubectl get persistentvolumes\` names for that worker before it is made again, and fill new ones from their own backups.`,
  ];
}
