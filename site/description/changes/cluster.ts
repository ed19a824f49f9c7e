import { STORE_PATHS } from "../stores";
import { gatewayApiMeanings } from "./gatewayApi";
import { gitopsMeanings } from "./gitops";
import { compared, free, type Meanings, never, oneAtATime, way } from "./meaning";
import { monitoringMeanings } from "./monitoring";
import { volumesMeanings } from "./volumes";

const ADD_ON = "The add-on is changed in the cluster.";
const LIMITED = "What comes from now on is held to it; what runs goes on.";
const LEFT = way(
  "its limits go, and what runs in it stays, unguarded: nothing that may hold data is deleted by leaving it out",
  "delete it first: `kubectl delete namespace NAME`",
);
const SIGN_IN = oneAtATime("API servers start again, and take people's tokens by it.");
const HANDED_OUT = way(
  "kubeconfigs that were handed out to people ask for tokens by the old ones",
  "hand out new ones: `groundwork kubeconfig --oidc`",
);
const ISSUER = way(
  "people sign in at the other one from now on, and kubeconfigs that were handed out ask the old one",
  "hand out new ones: `groundwork kubeconfig --oidc`",
);
const PROPOSED = "`groundwork scale` proposes within it; nothing that runs is touched.";
const KEPT = "A later `up` reads it; nothing that runs is touched.";
const PLACE = "The machine is made anew in its new place; the only member of a store is migrated.";
const SHRINKS = "use at least the size that it has";
const ROTATION = way(
  "machines that trust another authority than the others reach nobody",
  "one phase an `up`: trust, reissue, drop; see docs/certificates.md",
);
const NETWORK = compared(way("its pods are replaced by its own rules", "follow the network's own notes on upgrades"));
/** What it means that NetworkPolicy is enforced from now on. */
export const POLICIES = {
  says: "policies that lay there without effect hold, and connections that none of them allows end",
  fix: "see what lies there first: `kubectl get networkpolicies --all-namespaces`",
};

const UPGRADE = way(
  "programs work together with the minor version before theirs only",
  "upgrade to the next minor version at most, with a template that holds it; machines follow one at a time",
);

const placement = (group: string): Meanings => ({
  [`${group}.placement.*`]: oneAtATime(PLACE),
  [`${group}.placement.*.host`]: oneAtATime(PLACE),
  [`${group}.placement.*.datastore`]: oneAtATime(PLACE),
});

const size = (group: string): Meanings => ({
  [`${group}.cpus`]: oneAtATime("More is added while it runs; for less the machine is made anew."),
  [`${group}.memoryGiB`]: oneAtATime("More is added while it runs from 3 GiB on; else the machine is made anew."),
  [`${group}.diskGiB`]: never("a disk cannot shrink", SHRINKS),
});

const store = (group: string): Meanings => ({
  [`${group}.members`]: oneAtATime("Members join and leave one after another, each in agreement with the others."),
  ...size(group),
  [`${group}.systemDiskGiB`]: never("a disk cannot shrink", SHRINKS),
});

const KMS = compared(
  way(
    "secrets are read by whatever encrypted them, and an API server that starts while the plugin is away reads none",
    "one step an `up`: phase read, phase write, and the same way back; see docs/kms.md",
  ),
);
const EVENT_LIMITS = ["server", "namespace", "user", "sourceAndObject"];
const others = Object.values(STORE_PATHS).filter((group) => group !== "etcd");
const rotated = ["cluster", "etcd", "frontProxy", "networkStore", "serviceAccount", "encryption"];

export const clusterMeanings: Meanings = {
  "kubernetes.version": UPGRADE,
  "kubernetes.podNetwork.kind": compared(
    never(
      "pods of one network do not reach those of another",
      "keep it, or bring up a site of its own with it and move over",
    ),
  ),
  "kubernetes.podNetwork.version": NETWORK,
  "kubernetes.podNetwork.url": free("The file is the same: its digest says so."),
  "kubernetes.podNetwork.sha256": NETWORK,
  "kubernetes.podNetwork.enforcesNetworkPolicy": way(`where it is switched on, ${POLICIES.says}`, POLICIES.fix),
  "kubernetes.imageRepository": oneAtATime(
    "Images are asked for there from now on; pods of the control plane start again.",
  ),
  "kubernetes.kubelet.*": oneAtATime("The kubelet starts again; pods go on."),
  "kubernetes.kubeProxy.*": oneAtATime("kube-proxy starts again; connections go on."),
  ...Object.fromEntries(
    ["enabled", ...EVENT_LIMITS.flatMap((of) => [of, `${of}.perSecond`, `${of}.burst`])].map((key) => [
      `kubernetes.eventRateLimit.${key}`,
      oneAtATime("API servers start again, and limit events by it."),
    ]),
  ),
  "kubernetes.secretsEncryption": oneAtATime("API servers start again, one after another."),
  "kubernetes.secretsEncryption.kms.name": KMS,
  "kubernetes.secretsEncryption.kms.phase": KMS,
  "kubernetes.secretsEncryption.kms.socket": oneAtATime("API servers start again, and ask the plugin there."),
  "kubernetes.secretsEncryption.kms.timeoutSeconds": oneAtATime("API servers start again, and wait so long for it."),
  "kubernetes.drainSeconds": free(KEPT),
  "kubernetes.ignorePreflightErrors[]": free(KEPT),
  "addons.descheduler.enabled": free(ADD_ON),
  "addons.descheduler.intervalSeconds": free(ADD_ON),
  "addons.descheduler.evictionsPerNode": free(ADD_ON),
  "addons.descheduler.lowUtilization": free(ADD_ON),
  "addons.descheduler.highUtilization": free(ADD_ON),
  ...monitoringMeanings,
  ...volumesMeanings,
  ...gatewayApiMeanings,
  ...gitopsMeanings,
  "namespaces[]": LEFT,
  "namespaces[].name": LEFT,
  "namespaces[].podSecurity": free(LIMITED),
  "namespaces[].quota": free(LIMITED),
  ...Object.fromEntries(
    [
      ...["cpus", "memoryGiB", "pods", "storageGiB"].map((key) => `quota.${key}`),
      ...["enabled", "cpus", "memoryMiB", "memoryLimitMiB"].map((key) => `limitRange.${key}`),
      "priority",
    ].map((key) => [`namespaces[].${key}`, free(LIMITED)]),
  ),
  ...Object.fromEntries(
    [
      "access.operators[]",
      "access.viewers[]",
      ...["admin", "edit", "view"].map((role) => `namespaces[].groups.${role}[]`),
    ].map((key) => [key, free("Who is in it may, and who is in it no more may not, from the next request on.")]),
  ),
  access: ISSUER,
  "access.oidc.issuer": ISSUER,
  ...Object.fromEntries(
    ["audiences[]", "ca", "usernameClaim", "groupsClaim"].map((key) => [`access.oidc.${key}`, SIGN_IN]),
  ),
  "access.oidc.prefix": oneAtATime(
    "API servers start again; roles that you bound to names with the old prefix reach nobody.",
  ),
  "access.oidc.clientId": HANDED_OUT,
  "access.oidc.scopes[]": HANDED_OUT,
  "namespaces[].defaultDeny": way(
    "connections that no NetworkPolicy allows end where it is switched on",
    "allow what its pods need first",
  ),
  "etcd.version": UPGRADE,
  ...store("etcd"),
  "etcd.acceptMagneticDisks": free("Rules judge by it."),
  "etcd.veryLargeSite": free("Rules judge by it."),
  ...placement("etcd"),
  "etcd.heartbeatMs": oneAtATime("Members start again, one after another."),
  "etcd.electionMs": oneAtATime("Members start again, one after another."),
  "etcd.quotaGiB": oneAtATime(
    "Members start again, one after another, then API servers: their limit of events follows from it.",
  ),
  "etcd.fsyncMs": free("Rules, alerts and `groundwork status` judge by it; members go on."),
  "etcd.events": oneAtATime("API servers start again; events of before are not carried over."),
  "etcd.networkStore": way("what is in it is lost with it", "move the network add-on off it before it is left out"),
  ...Object.assign({}, ...others.map(store)),
  "controlPlanes.count": oneAtATime("Control planes join and leave one after another."),
  ...size("controlPlanes"),
  ...placement("controlPlanes"),
  "workers[]": oneAtATime("Nodes of a pool that is left out are drained, one after another."),
  "workers[].name": oneAtATime("As with a pool that is left out and one that is new: its nodes are drained."),
  "workers[].count": oneAtATime("Nodes join; those with the last letters are drained, one after another."),
  "workers[].scale": free(PROPOSED),
  "workers[].scale.minimum": free(PROPOSED),
  "workers[].scale.maximum": oneAtATime(
    "`groundwork scale` proposes within it. Beyond 50, 250 or 1,000 nodes in all, etcd and control planes that are left to the cluster's size get theirs.",
  ),
  ...size("workers[]"),
  ...placement("workers[]"),
  "workers[].labels.*": free("Nodes are labelled while they run; pods stay where they are."),
  "workers[].taints[]": free("Nodes are tainted while they run; only NoExecute ends pods."),
  "workers[].taints[].key": free("Nodes are tainted while they run; only NoExecute ends pods."),
  "workers[].taints[].value": free("Nodes are tainted while they run; only NoExecute ends pods."),
  "workers[].taints[].effect": free("Nodes are tainted while they run; only NoExecute ends pods."),
  "workers[].kubelet.*": oneAtATime("The kubelet starts again; pods go on."),
  "pki.certificateHours": free("Certificates that are issued from now on last so long."),
  "pki.aloneMonths": free("Certificates are issued ahead for so long; nothing that runs is restarted."),
  "pki.earlyRenewalHours": free("Certificates are renewed that much earlier."),
  ...Object.fromEntries(
    rotated.flatMap((id) => ["generation", "phase"].map((key) => [`pki.rotation.${id}.${key}`, ROTATION])),
  ),
};
