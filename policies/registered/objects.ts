import type { ObjectFacts, ObjectKind } from "../../site/facts/objects";
import { selfSignedCertificate, signedCertificate, virtualMachine } from "../types";
import { bindingFact, budgetFact, namespaceFact, roleFact, vcenterFact } from "./objects/cluster";
import { commandFacts, connectionsOf } from "./objects/commands";
import { guestinfoFacts } from "./objects/guestinfo";
import { certificateFact, issuerFact, keyFact } from "./objects/tls";
import { isWorkload, workloadFact } from "./objects/workloads";
import { type Assumption, Reading } from "./reading";

/** A resource as far as its facts need it. */
export interface Registrant {
  type: string;
  name: string;
  props: unknown;
}

/** The facts of one resource, and the paths of what they need and is not known. */
export interface ResourceFacts {
  objects: Partial<ObjectFacts>;
  unknowns: string[];
}

type Adapter = (path: string, read: Reading) => Partial<ObjectFacts>;

interface Known {
  kinds: readonly ObjectKind[];
  facts: Adapter;
}

/** What the facts are made from, by type. */
const adapters: Readonly<Record<string, Known>> = {
  "tls:index/privateKey:PrivateKey": { kinds: ["keys"], facts: keyFact },
  [selfSignedCertificate]: { kinds: ["certificates"], facts: (path, read) => certificateFact(path, read, true) },
  [signedCertificate]: { kinds: ["certificates"], facts: (path, read) => certificateFact(path, read, false) },
  "command:remote:Command": {
    kinds: ["connections", "exposures", "configurations"],
    facts: (path, read) => commandFacts(path, read, true),
  },
  "command:local:Command": { kinds: ["exposures"], facts: (path, read) => commandFacts(path, read, false) },
  "command:remote:CopyFile": { kinds: ["connections"], facts: connectionFacts },
  "command:remote:CopyToRemote": { kinds: ["connections"], facts: connectionFacts },
  [virtualMachine]: { kinds: ["exposures"], facts: guestinfoFacts },
  "pulumi:providers:vsphere": { kinds: ["vcenters"], facts: vcenterFact },
};

/** The same for Kubernetes objects, by kind. */
const kubernetes: Readonly<Record<string, Known>> = {
  PodDisruptionBudget: { kinds: ["budgets"], facts: budgetFact },
  Namespace: { kinds: ["namespaces"], facts: namespaceFact },
  ClusterRole: { kinds: ["grants"], facts: roleFact },
  Role: { kinds: ["grants"], facts: roleFact },
  ClusterRoleBinding: { kinds: ["grants"], facts: bindingFact },
  RoleBinding: { kinds: ["grants"], facts: bindingFact },
  Secret: { kinds: ["issuers"], facts: issuerFact },
};

function connectionFacts(path: string, read: Reading): Partial<ObjectFacts> {
  return { connections: connectionsOf(path, read) };
}

/** `kubernetes:apps/v1:Deployment` → `Deployment`. */
export function kubernetesKind(type: string): string | undefined {
  return type.startsWith("kubernetes:") ? type.slice(type.lastIndexOf(":") + 1) : undefined;
}

function adapterOf(type: string): Known | undefined {
  const kind = kubernetesKind(type);
  if (kind === undefined) return adapters[type];
  if (isWorkload(kind)) return { kinds: ["workloads"], facts: (path, read) => workloadFact(path, kind, read) };
  return kubernetes[kind];
}

/** The kinds of fact that a resource of a type is made into. */
export function kindsOf(type: string): readonly ObjectKind[] {
  return adapterOf(type)?.kinds ?? [];
}

/** The facts of one resource. */
export function factsOfResource({ type, name, props }: Registrant, assume: Assumption): ResourceFacts {
  const read = Reading.of(props, assume);
  const objects = adapterOf(type)?.facts(name, read) ?? {};
  return { objects, unknowns: read.unknowns };
}
