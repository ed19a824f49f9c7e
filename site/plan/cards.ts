import { furtherNetworks } from "../description/hypervisors";
import { fromNumber, parseRange, size, toNumber } from "../description/ipv4";
import type { MachineRequest } from "../description/requests";
import type { SiteSpec } from "../description/spec";
import { assignPlaces } from "./addresses";
import type { CardPlan, EarlierMachine } from "./model";

/**
 * The cards that machines have in further networks, by machine and in the order of the networks' names. A machine of `earlier` keeps the
 * address that it has there.
 */
export function furtherCards(
  { hypervisor }: SiteSpec,
  requests: readonly MachineRequest[],
  earlier: readonly EarlierMachine[] = [],
): ReadonlyMap<string, CardPlan[]> {
  const cards = new Map<string, CardPlan[]>();
  for (const { name: network, machines, roles } of furtherNetworks(hypervisor)) {
    const range = parseRange(machines);
    const before = earlier.flatMap(({ name, cards: had = [] }) =>
      had
        .filter((card) => card.network === network)
        .map((card) => [name, toNumber(card.address) - range.first] as const),
    );
    const own = requests.filter(({ role }) => roles.includes(role));
    for (const [machine, place] of assignPlaces(own, size(range), new Map(before)))
      cards.set(machine, [...(cards.get(machine) ?? []), { network, address: fromNumber(range.first + place) }]);
  }
  return cards;
}
