import * as backups from "./backups";
import * as capacity from "./capacity";
import * as certificates from "./certificates";
import * as configuration from "./configuration";
import * as controlPlanes from "./controlPlanes";
import * as diskGrowth from "./diskGrowth";
import * as drills from "./drills";
import * as encryption from "./encryption";
import * as etcdDevices from "./etcdDevices";
import * as etcdDisks from "./etcdDisks";
import * as etcdDomains from "./etcdDomains";
import * as etcdMembers from "./etcdMembers";
import * as etcdTuning from "./etcdTuning";
import * as events from "./events";
import * as images from "./images";
import * as loadBalancers from "./loadBalancers";
import * as monitoring from "./monitoring";
import * as namespaces from "./namespaces";
import * as network from "./network";
import * as nodes from "./nodes";
import * as placement from "./placement";
import * as pods from "./pods";
import * as registry from "./registry";
import type { Rule, Subject } from "./rule";
import * as scaling from "./scaling";
import * as secrets from "./secrets";
import * as volumes from "./volumes";
import * as workloads from "./workloads";

/** Every rule there is, in the order in which findings are told. A new one is a line here. */
export const allRules = [
  etcdMembers.etcdHasOddMembers,
  etcdMembers.etcdHasThreeMembers,
  etcdMembers.etcdHasAtMostSevenMembers,
  etcdDevices.etcdOnDistinctDevices,
  etcdDevices.etcdDevicesAreKnown,
  etcdDomains.noHostHoldsEtcdMajority,
  etcdDomains.etcdTogetherOnTwoHosts,
  etcdDevices.noDeviceHoldsEtcdMajority,
  etcdDomains.noWiderDomainHoldsEtcdMajority,
  etcdDomains.domainsAreNamedThroughout,
  etcdDisks.etcdHasMemory,
  etcdDisks.etcdHasDisk,
  etcdDisks.etcdNotOnMagneticDisks,
  etcdDisks.etcdDiskIsFast,
  volumes.volumesAwayFromEtcd,
  etcdTuning.etcdTimersFitNetwork,
  etcdTuning.membersAreNear,
  events.eventsFitStore,
  controlPlanes.twoControlPlanes,
  controlPlanes.controlPlanesOnDifferentHosts,
  controlPlanes.controlPlanesHaveMemory,
  loadBalancers.controlPlanesBehindLoadBalancer,
  loadBalancers.twoLoadBalancers,
  loadBalancers.loadBalancersOnDifferentHosts,
  loadBalancers.dnsIsNoHealthCheck,
  placement.antiAffinityIsMandatory,
  placement.vmHostRulesAreMandatory,
  placement.rulesCanHold,
  placement.diskOnItsHost,
  placement.reservedMemory,
  placement.heldWithoutDrs,
  capacity.hostsHaveMemory,
  capacity.hostsHaveCpus,
  capacity.devicesHaveSpace,
  diskGrowth.disksHoldGrowth,
  capacity.workloadSurvivesAnyHost,
  capacity.workloadIsDeclared,
  capacity.quotasSurviveAnyHost,
  capacity.workersOnDifferentHosts,
  scaling.maximumFits,
  network.addressesAreUnique,
  network.addressesAreInNetwork,
  network.machinesResolveNames,
  network.nameServersAreAsked,
  network.networkPolicyIsEnforced,
  certificates.certificatesLast,
  certificates.livesAlone,
  certificates.certificatesEnd,
  certificates.strongKeys,
  certificates.authoritySignsOnly,
  certificates.issuersAreBounded,
  certificates.noSelfSignedServers,
  certificates.serversAreNamed,
  certificates.keysAreNotShared,
  certificates.authorityKeysStay,
  nodes.authorityKeysAreNoFiles,
  nodes.keysArePrivate,
  secrets.hostKeysArePinned,
  secrets.noKeysInCommands,
  secrets.noKeysInGuestinfo,
  secrets.secretsAreSecret,
  secrets.vcenterIsVerified,
  encryption.disksAreEncrypted,
  configuration.versionIsSupported,
  configuration.secretsAreEncrypted,
  configuration.requestsAreLogged,
  configuration.nobodyIsAnonymous,
  configuration.admissionIsControlled,
  configuration.accessIsAuthorized,
  configuration.apiSpeaksModernTls,
  nodes.kubeletIsHardened,
  nodes.kubeletProtectsKernel,
  nodes.noSwap,
  nodes.checksAreHeeded,
  nodes.etcdAsksForCertificates,
  registry.registryOnTwoHosts,
  images.imageRegistries,
  images.imageTags,
  images.imageDigests,
  workloads.workloadsRequest,
  workloads.workloadsAreLimited,
  workloads.workloadsAreProbed,
  workloads.workloadsAreRestarted,
  workloads.workloadsAreCopied,
  workloads.workloadsAreSpread,
  workloads.workloadsHaveBudget,
  workloads.budgetsAllowUpdates,
  workloads.noBarePods,
  pods.podsAreNotRoot,
  pods.podsAreNotPrivileged,
  pods.podsDoNotEscalate,
  pods.podsDropCapabilities,
  pods.podsHaveReadOnlyRoot,
  pods.podsHaveSeccomp,
  pods.podsStayInTheirNamespaces,
  pods.podsLeaveHostFiles,
  pods.podsHaveOwnAccount,
  namespaces.namespacesAreSecured,
  namespaces.namespacesDenyByDefault,
  namespaces.namespacesHaveQuota,
  namespaces.nobodyIsAdministrator,
  namespaces.rolesSayWhat,
  backups.backupsAreMade,
  backups.backupsAreElsewhere,
  backups.backupsAreRecent,
  drills.restoreIsDrilled,
  monitoring.monitoringFits,
  monitoring.monitoringHasMemory,
  monitoring.alertsAreTold,
] as const satisfies readonly Rule[];

/** What rules are called in settings, exceptions and reports: a promise. */
export type RuleId = (typeof allRules)[number]["id"];

/** The rules that a plan can break: all but those about what only its owner knows. */
export const planRules: readonly Rule[] = allRules.filter((rule: Rule) => !rule.attested);

/** The rules about a site's layout: what any hardware could mend. */
export const layoutRules: readonly Rule[] = planRules.filter(({ scope }) => scope === "site");

/** The subjects in the order of their pages. */
const titles: Readonly<Record<Subject, true>> = {
  etcd: true,
  "Control planes": true,
  "Hosts and DRS rules": true,
  Capacity: true,
  Network: true,
  "Certificates and keys": true,
  "Secrets and access": true,
  "Kubernetes' configuration": true,
  Images: true,
  Workloads: true,
  "Namespaces and roles": true,
  Backups: true,
  Monitoring: true,
};

/** Every rule by its subject, as people look for them. */
export const subjects = (Object.keys(titles) as Subject[]).map((title) => ({
  title,
  rules: allRules.filter((rule: Rule) => rule.subject === title) as readonly Rule[],
}));
