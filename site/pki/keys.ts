import { capabilitiesOf } from "../description/hypervisors";
import { hasMetalLb } from "../description/metalLb";
import { generationName, generationsOf, type Rotated } from "../description/rotation";
import type { SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";

/** A key pair without a certificate. */
export interface KeyPlan {
  id: string;
  purpose: string;
  algorithm: "ECDSA" | "ED25519";
  machines: string[];
}

/** Ids of the service account keys: the one that signs first, then the others whose tokens are accepted. */
export function serviceAccountKeys(plan: SitePlan): string[] {
  return keyGenerations(plan, "serviceAccount", "service-account");
}

/** Ids of the keys for encryption at rest: the one that encrypts first, then the others that can be read with. */
export function encryptionKeys(plan: SitePlan): string[] {
  return keyGenerations(plan, "encryption", "encryption");
}

function keyGenerations(plan: SitePlan, rotated: Rotated, id: string): string[] {
  return generationsOf(plan.spec.pki.rotation[rotated]).trusted.map((generation) => generationName(id, generation));
}

const sshAccess: KeyPlan = {
  id: "ssh-access",
  purpose: "the program's SSH login on every machine",
  algorithm: "ED25519",
  machines: [],
};

/** Id of the key that MetalLB's speakers encrypt with what they tell each other. */
export const MEMBERLIST_KEY = "memberlist";

const memberlist: KeyPlan = {
  id: MEMBERLIST_KEY,
  purpose: "encrypts what MetalLB's speakers tell each other",
  algorithm: "ED25519",
  machines: [],
};

/** Key pairs that are not certified: service accounts, encryption at rest, SSH. */
export function keysOf(plan: SitePlan): KeyPlan[] {
  const controlPlanes = machinesOf(plan, "control-plane").map((m) => m.name);
  return [
    ...serviceAccountKeys(plan).map((id): KeyPlan => {
      return { id, purpose: "signs service account tokens", algorithm: "ECDSA", machines: controlPlanes };
    }),
    ...encryptionKeys(plan).map((id): KeyPlan => {
      return { id, purpose: "encrypts secrets at rest (S6)", algorithm: "ED25519", machines: controlPlanes };
    }),
    ...(hasMetalLb(plan.spec) ? [memberlist] : []),
    // Servers that exist accept a key of their owner's.
    ...(capabilitiesOf(plan.spec.hypervisor.kind).makesMachines ? [sshAccess] : []),
    ...plan.machines
      .filter((m) => !m.existing)
      .map((m): KeyPlan => {
        return { id: sshHostKey(m), purpose: `SSH host key of ${m.name}`, algorithm: "ED25519", machines: [m.name] };
      }),
  ];
}

/** Id of the SSH host key that a machine gets at birth and every later connection pins. */
export function sshHostKey(machine: { name: string }): string {
  return `ssh-host-${machine.name}`;
}

/**
 * 32 random bytes in base64 for encryption at rest: the seed of an Ed25519 key pair, which ends its PKCS #8 form (RFC 8410).
 * So the key is born in the encrypted state like every other one.
 */
export function encryptionKeyOf(privateKeyPkcs8: string): string {
  const der = Buffer.from(privateKeyPkcs8.replace(/-----[A-Z ]+-----/g, ""), "base64");
  if (der.length < 48) throw new Error("encryption key: not an Ed25519 key in PKCS #8; give `privateKeyPemPkcs8`");
  return der.subarray(16, 48).toString("base64");
}
