import { kmsOf } from "../description/kms";
import { isRotated, type Phase, type Rotated } from "../description/rotation";
import { encryptionKeys } from "../pki/keys";
import type { SitePlan } from "../plan/model";
import { shell } from "./shell";

/**
 * What the cluster itself does in a rotation's phase, or on the way to a KMS and back, once all machines have its keys and authorities;
 * nothing at a site that never rotated anything and has no KMS. Run on a control plane.
 */
export function rotationScript(plan: SitePlan): string | undefined {
  const { rotation } = plan.spec.pki;
  const kms = kmsOf(plan.spec);
  if (!isRotated(rotation) && !kms) return undefined;
  const at = (id: Rotated, ...phases: Phase[]) =>
    rotation[id].generation > 1 && (phases.length === 0 || phases.includes(rotation[id].phase));
  const yes = (wanted: boolean) => (wanted ? "yes" : "no");
  const header = {
    PUBLISHED: yes(at("cluster")),
    TOLD: yes(at("cluster") || at("frontProxy")),
    // Pods learn to trust the new authority, show its certificates, and get tokens of the new key.
    RESTART: yes(at("cluster", "trust", "reissue") || at("serviceAccount", "reissue")),
    TOKENS: yes(at("serviceAccount", "reissue")),
    ENCRYPTED_BY:
      kms?.phase === "write"
        ? `kms:v2:${kms.name}`
        : kms || at("encryption", "reissue", "drop")
          ? `secretbox:v1:${encryptionKeys(plan)[0]}`
          : "",
  };
  return ["#!/bin/bash", ...Object.entries(header).map(([name, value]) => `${name}=${value}`), shell("rotation")].join(
    "\n",
  );
}
