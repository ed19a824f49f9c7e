import { rules } from ".";
import { backupsAreElsewhere, backupsAreMade, backupsAreRecent } from "./backups";
import * as capacity from "./capacity";
import {
  authorityKeysStay,
  authoritySignsOnly,
  certificatesEnd,
  certificatesLast,
  keysAreNotShared,
  noSelfSignedServers,
  serversAreNamed,
  strongKeys,
} from "./certificates";
import {
  accessIsAuthorized,
  admissionIsControlled,
  apiSpeaksModernTls,
  nobodyIsAnonymous,
  requestsAreLogged,
  secretsAreEncrypted,
  versionIsSupported,
} from "./configuration";
import * as controlPlanes from "./controlPlanes";
import { restoreIsDrilled } from "./drills";
import { disksAreEncrypted } from "./encryption";
import { imageDigests, imageRegistries, imageTags } from "./images";
import * as loadBalancers from "./loadBalancers";
import {
  namespacesAreSecured,
  namespacesDenyByDefault,
  namespacesHaveQuota,
  nobodyIsAdministrator,
  rolesSayWhat,
} from "./namespaces";
import * as network from "./network";
import {
  authorityKeysAreNoFiles,
  checksAreHeeded,
  etcdAsksForCertificates,
  keysArePrivate,
  kubeletIsHardened,
  kubeletProtectsKernel,
  noSwap,
} from "./nodes";
import * as placement from "./placement";
import {
  podsAreNotPrivileged,
  podsAreNotRoot,
  podsDoNotEscalate,
  podsDropCapabilities,
  podsHaveOwnAccount,
  podsHaveReadOnlyRoot,
  podsHaveSeccomp,
  podsLeaveHostFiles,
  podsStayInTheirNamespaces,
} from "./pods";
import type { Rule } from "./rule";
import { hostKeysArePinned, noKeysInCommands, noKeysInGuestinfo, secretsAreSecret, vcenterIsVerified } from "./secrets";
import {
  budgetsAllowUpdates,
  noBarePods,
  workloadsAreCopied,
  workloadsAreLimited,
  workloadsAreProbed,
  workloadsAreRestarted,
  workloadsAreSpread,
  workloadsHaveBudget,
  workloadsRequest,
} from "./workloads";

/** Rules of one kind, as people look for them. */
export interface Subject {
  title: string;
  rules: readonly Rule[];
}

/** Rules that need more than a plan's layout: what was registered, and what the owner attests beside the plan. */
const further: readonly Subject[] = [
  {
    title: "Certificates and keys",
    rules: [
      certificatesLast,
      certificatesEnd,
      strongKeys,
      authoritySignsOnly,
      noSelfSignedServers,
      serversAreNamed,
      keysAreNotShared,
      authorityKeysStay,
      authorityKeysAreNoFiles,
      keysArePrivate,
    ],
  },
  {
    title: "Secrets and access",
    rules: [
      hostKeysArePinned,
      noKeysInCommands,
      noKeysInGuestinfo,
      secretsAreSecret,
      vcenterIsVerified,
      disksAreEncrypted,
    ],
  },
  {
    title: "Kubernetes' configuration",
    rules: [
      versionIsSupported,
      secretsAreEncrypted,
      requestsAreLogged,
      nobodyIsAnonymous,
      admissionIsControlled,
      accessIsAuthorized,
      apiSpeaksModernTls,
      kubeletIsHardened,
      kubeletProtectsKernel,
      noSwap,
      checksAreHeeded,
      etcdAsksForCertificates,
    ],
  },
  { title: "Images", rules: [imageRegistries, imageTags, imageDigests] },
  {
    title: "Workloads",
    rules: [
      workloadsRequest,
      workloadsAreLimited,
      workloadsAreProbed,
      workloadsAreRestarted,
      workloadsAreCopied,
      workloadsAreSpread,
      workloadsHaveBudget,
      budgetsAllowUpdates,
      noBarePods,
      podsAreNotRoot,
      podsAreNotPrivileged,
      podsDoNotEscalate,
      podsDropCapabilities,
      podsHaveReadOnlyRoot,
      podsHaveSeccomp,
      podsStayInTheirNamespaces,
      podsLeaveHostFiles,
      podsHaveOwnAccount,
    ],
  },
  {
    title: "Namespaces and roles",
    rules: [namespacesAreSecured, namespacesDenyByDefault, namespacesHaveQuota, nobodyIsAdministrator, rolesSayWhat],
  },
  { title: "Backups", rules: [backupsAreMade, backupsAreElsewhere, backupsAreRecent, restoreIsDrilled] },
];

const modules: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["Control planes", { ...controlPlanes, ...loadBalancers }],
  ["Hosts and DRS rules", placement],
  ["Capacity", capacity],
  ["Network", network],
];

/** A rule of a plan is of the subject whose file it is in; those of no other are etcd's. */
function subjectOf(rule: Rule): string {
  return modules.find(([, exported]) => Object.values(exported).includes(rule))?.[0] ?? "etcd";
}

/** Every rule there is, by subject. */
export const subjects: readonly Subject[] = [
  ...["etcd", ...modules.map(([title]) => title)].map((title) => ({
    title,
    rules: rules.filter((rule) => subjectOf(rule) === title),
  })),
  ...further,
];

/** Rules that a plan alone does not decide. */
export const furtherRules: readonly Rule[] = further.flatMap((subject) => subject.rules);

/** Every rule there is. */
export const allRules: readonly Rule[] = [...rules, ...furtherRules];
