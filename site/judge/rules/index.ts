import type { Facts } from "../../facts/model";
import {
  devicesHaveSpace,
  hostsHaveCpus,
  hostsHaveMemory,
  workersOnDifferentHosts,
  workloadIsDeclared,
  workloadSurvivesAnyHost,
} from "./capacity";
import { controlPlanesHaveMemory, controlPlanesOnDifferentHosts, twoControlPlanes } from "./controlPlanes";
import { etcdDevicesAreKnown, etcdOnDistinctDevices, noDeviceHoldsEtcdMajority } from "./etcdDevices";
import { etcdHasDisk, etcdHasMemory, etcdNotOnMagneticDisks } from "./etcdDisks";
import {
  domainsAreNamedThroughout,
  etcdTogetherOnTwoHosts,
  noHostHoldsEtcdMajority,
  noWiderDomainHoldsEtcdMajority,
} from "./etcdDomains";
import { etcdHasAtMostSevenMembers, etcdHasOddMembers, etcdHasThreeMembers } from "./etcdMembers";
import { etcdTimersFitNetwork, membersAreNear } from "./etcdTuning";
import {
  controlPlanesBehindLoadBalancer,
  dnsIsNoHealthCheck,
  loadBalancersOnDifferentHosts,
  twoLoadBalancers,
} from "./loadBalancers";
import { addressesAreInNetwork, addressesAreUnique, networkPolicyIsEnforced } from "./network";
import {
  antiAffinityIsMandatory,
  diskOnItsHost,
  reservedMemory,
  rulesCanHold,
  vmHostRulesAreMandatory,
} from "./placement";
import type { Finding, Given, Rule } from "./rule";

export type { Breach, Finding, Given, Parameter, Rule, Severity } from "./rule";

/** Every rule, in the order in which findings are told. */
export const rules: readonly Rule[] = [
  etcdHasOddMembers,
  etcdHasThreeMembers,
  etcdHasAtMostSevenMembers,
  etcdOnDistinctDevices,
  etcdDevicesAreKnown,
  noHostHoldsEtcdMajority,
  etcdTogetherOnTwoHosts,
  noDeviceHoldsEtcdMajority,
  noWiderDomainHoldsEtcdMajority,
  domainsAreNamedThroughout,
  etcdHasMemory,
  etcdHasDisk,
  etcdNotOnMagneticDisks,
  etcdTimersFitNetwork,
  membersAreNear,
  twoControlPlanes,
  controlPlanesOnDifferentHosts,
  controlPlanesHaveMemory,
  controlPlanesBehindLoadBalancer,
  twoLoadBalancers,
  loadBalancersOnDifferentHosts,
  dnsIsNoHealthCheck,
  antiAffinityIsMandatory,
  vmHostRulesAreMandatory,
  rulesCanHold,
  diskOnItsHost,
  reservedMemory,
  hostsHaveMemory,
  hostsHaveCpus,
  devicesHaveSpace,
  workloadSurvivesAnyHost,
  workloadIsDeclared,
  workersOnDifferentHosts,
  addressesAreUnique,
  addressesAreInNetwork,
  networkPolicyIsEnforced,
];

/** Everything that is wrong, or could be better. */
export function checkRules(facts: Facts, among: readonly Rule[] = rules): Finding[] {
  return among.flatMap((rule) => checkRule(rule, facts));
}

/** What one rule finds. */
export function checkRule(rule: Rule, facts: Facts, given?: Given): Finding[] {
  return rule.check(facts, given).map((breach) => ({
    rule: rule.id,
    severity: breach.severity ?? rule.severity,
    path: breach.path,
    message: breach.message,
    fix: breach.fix ?? rule.fix,
    source: rule.source,
  }));
}

/** `path: message; fix`, as every error of the program is written. */
export function formatFinding({ path, message, fix }: Finding): string {
  return `${path}: ${message}; ${fix}`;
}
