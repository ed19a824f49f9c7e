import type { MachineRequest } from "../../description/requests";
import type { Hardware } from "../hardware";
import type { Ledger, Place } from "./ledger";
import { type Needs, Occupied, placesOn } from "./slots";

/** The place that an owner chose for a machine; what the choice leaves open is filled in as well as it can be. */
export function pinnedPlace(
  request: MachineRequest,
  pin: { host?: string; datastore?: string },
  kept: readonly Place[],
  hardware: Hardware,
  ledger: Ledger,
  relaxations: readonly Needs[],
): Place | undefined {
  const { datastore } = pin;
  const device = datastore === undefined ? undefined : hardware.deviceOf(datastore);
  const hosts = hardware.hosts.filter(
    (h) => (pin.host === undefined || h.name === pin.host) && (device === undefined || h.devices.includes(device)),
  );
  const occupied = new Occupied(kept);
  for (const needs of relaxations) {
    for (const host of hosts) {
      const place = placesOn(host, request, ledger, occupied, needs)[0];
      if (device === undefined || datastore === undefined) {
        if (place) return place;
        continue;
      }
      const slot = { device, datastore };
      if (request.dataDiskGiB === undefined) return { host, system: slot };
      const roomy = ledger.freeSpace(device) >= request.systemDiskGiB + request.dataDiskGiB;
      return { host, data: slot, system: roomy ? slot : (place?.system ?? slot) };
    }
  }
  return undefined;
}
