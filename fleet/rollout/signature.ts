import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Problem } from "../../site/description/problem";
import type { RolloutPlan, SignedPlan } from "./schema";

/**
 * Signs a plan with the owner's key.
 *
 * @param key an Ed25519 private key in PEM, as `openssl genpkey -algorithm ed25519` writes it
 */
export function signPlan(plan: RolloutPlan, key: string): { signed: SignedPlan } | { problem: Problem } {
  const read = readPrivateKey(key);
  if ("problem" in read) return read;
  return { signed: { plan, signature: sign(null, bytesOf(plan), read.key).toString("base64") } };
}

/** The owner's key, to be looked at before there is anything to sign. */
export function readPrivateKey(key: string): { key: KeyObject } | { problem: Problem } {
  return readKey(() => createPrivateKey(key), "a private key: openssl genpkey -algorithm ed25519 -out rollout.key");
}

/** What is wrong with a signed plan, by the public key of its owner and the time; undefined if nothing is. */
export function refusalOf({ plan, signature }: SignedPlan, key: string, now: number): Problem | undefined {
  const read = readKey(() => createPublicKey(key), "the public half: openssl pkey -in rollout.key -pubout");
  if ("problem" in read) return read.problem;
  if (!verify(null, bytesOf(plan), read.key, Buffer.from(signature, "base64")))
    return { path: "signature", fact: "it is not of this plan by this key", fix: "plan the rollout again" };
  if (now >= Date.parse(plan.expires))
    return { path: "expires", fact: `the plan has expired, ${plan.expires}`, fix: "plan the rollout again" };
  return undefined;
}

function readKey(read: () => KeyObject, fix: string): { key: KeyObject } | { problem: Problem } {
  try {
    const key = read();
    if (key.asymmetricKeyType === "ed25519") return { key };
    return {
      problem: { path: "key", fact: `it is a key of ${key.asymmetricKeyType}, not of Ed25519`, fix: `use ${fix}` },
    };
  } catch {
    return { problem: { path: "key", fact: "it is no key in PEM, or it is encrypted", fix: `use ${fix}` } };
  }
}

/** The same for the same plan, in whatever order its fields were read. */
function bytesOf(plan: RolloutPlan): Buffer {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [key, sorted(one)]),
    );
  };
  return Buffer.from(JSON.stringify(sorted(plan)));
}
