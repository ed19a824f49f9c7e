import type { PlacementRuleFact } from "../../site/facts/model";
import { antiAffinityRule, hostGroup, hostRule, virtualMachineGroup } from "../types";
import type { RegisteredMachine } from "./machines";
import type { Names } from "./names";
import type { RegisteredResource } from "./resources";

/** The DRS rules that were registered, and the resources they came from. */
export function placementOf(
  resources: readonly RegisteredResource[],
  machines: readonly RegisteredMachine[],
  names: Names,
): (PlacementRuleFact & { urn: string })[] {
  const group = (type: string, name: unknown) => resources.find((r) => r.type === type && r.props.name === name);
  return resources.flatMap((rule): (PlacementRuleFact & { urn: string })[] => {
    const { urn, props } = rule;
    const common = {
      urn,
      name: String(props.name),
      enabled: props.enabled !== false,
      mandatory: props.mandatory === true,
    };
    if (rule.type === antiAffinityRule)
      return [{ ...common, kind: "anti-affinity", machines: membersOf(rule, machines) }];
    if (rule.type !== hostRule) return [];
    const members = group(virtualMachineGroup, props.vmGroupName);
    const hosts = hostsOf(group(hostGroup, props.affinityHostGroupName), names);
    return [
      { ...common, kind: "vm-host", machines: members ? membersOf(members, machines) : [], ...(hosts && { hosts }) },
    ];
  });
}

/** By id; before the machines exist, by the resources that the ids will come from. */
function membersOf({ props, madeFrom }: RegisteredResource, machines: readonly RegisteredMachine[]): string[] {
  const ids = props.virtualMachineIds;
  const isKnown = Array.isArray(ids) && ids.every((id) => typeof id === "string");
  const from = madeFrom.virtualMachineIds ?? [];
  return machines
    .filter(({ id, urn }) => (isKnown ? id !== undefined && ids.includes(id) : from.includes(urn)))
    .map(({ plan }) => plan.name);
}

/** None if one is not known yet, or if there is no such group: then the rule ties its machines to no host. */
function hostsOf(group: RegisteredResource | undefined, names: Names): string[] | undefined {
  if (group === undefined) return [];
  const ids = group.props.hostSystemIds;
  const found = Array.isArray(ids) ? ids.map((id) => names.host(id)) : [];
  return found.length > 0 && found.every((name) => typeof name === "string") ? found : undefined;
}
