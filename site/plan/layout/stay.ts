import type { MachineRequest } from "../../description/requests";
import type { Hardware } from "../hardware";
import type { Ledger, Place } from "./ledger";

/** Where a machine was before: an earlier plan's word. */
export interface Earlier {
  host: string;
  system: string;
  data?: string;
}

/** Notes and books the places that machines already have, where the hardware is still there and carries them; else why not. */
export function stay(
  group: readonly MachineRequest[],
  earlier: ReadonlyMap<string, Earlier> | undefined,
  hardware: Hardware,
  ledger: Ledger,
  moved: Map<string, string>,
  staying: Map<string, Place>,
): void {
  for (const request of group) {
    const before = earlier?.get(request.name);
    if (before === undefined) continue;
    const place = placeBefore(request, before, hardware, ledger);
    if (typeof place === "string") moved.set(request.name, place);
    else {
      ledger.take(request, place);
      staying.set(request.name, place);
    }
  }
}

/** Where a machine is already, if that is what its owner asks for: a pin moves nothing that agrees with it. */
export function placeWithin(
  request: MachineRequest,
  before: Earlier | undefined,
  pin: { host?: string; datastore?: string },
  hardware: Hardware,
  ledger: Ledger,
): Place | undefined {
  if (before === undefined || (pin.host ?? before.host) !== before.host) return undefined;
  if ((pin.datastore ?? before.data ?? before.system) !== (before.data ?? before.system)) return undefined;
  const place = placeBefore(request, before, hardware, ledger);
  return typeof place === "string" ? undefined : place;
}

function placeBefore(request: MachineRequest, before: Earlier, hardware: Hardware, ledger: Ledger): Place | string {
  const host = hardware.host(before.host);
  if (!host) return `host ${before.host} is no longer there`;
  if (request.dataDiskGiB !== undefined && before.data === undefined) return "it gets a disk of its own";
  const wanted = request.dataDiskGiB === undefined ? [before.system] : [before.system, before.data ?? ""];
  const slots = [];
  for (const datastore of wanted) {
    const device = hardware.deviceOf(datastore);
    if (!device || !host.devices.includes(device)) return `host ${host.name} has no datastore ${datastore} any more`;
    slots.push({ device, datastore });
  }
  const [system, data] = slots;
  if (!system) return `host ${host.name} has no storage for it`;
  if (ledger.freeMemory(host) < request.memoryGiB) return `host ${host.name} has no memory left for it`;
  if (ledger.freeCpus(host) < request.cpus) return `host ${host.name} has no CPUs left for it`;
  return { host, system, ...(data && { data }) };
}
