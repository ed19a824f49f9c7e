import type { Settled } from "./changes/settled";
import type { Problem } from "./problem";
import type { SiteSpec } from "./spec";

/** A KMS as it is described. */
export type Kms = NonNullable<SiteSpec["kubernetes"]["secretsEncryption"]>["kms"];
type KmsStep = Pick<Kms, "name" | "phase">;

/** What an API server calls its check of KMS plugins, where all of them speak v2. */
export const KMS_CHECK = "kms-providers";

/**
 * Where an API server says that all but secrets is ready. One that starts while the plugin is away cannot fill its own list of them, which
 * is among its informers.
 */
export const READY_WITHOUT_KMS = `/readyz?exclude=${KMS_CHECK}&exclude=informer-sync`;

export const KMS_PATH = "kubernetes.secretsEncryption.kms";

/** The KMS that encrypts secrets at a site, or is on its way there or back. */
export function kmsOf(spec: SiteSpec): Kms | undefined {
  return spec.kubernetes.secretsEncryption?.kms;
}

/** How far the way to a KMS was when a run wrote it down; nothing where there was none. */
export function settledKms(settled: Settled): KmsStep | undefined {
  const name = settled[`${KMS_PATH}.name`];
  return name === undefined ? undefined : { name: `${name}`, phase: settled[`${KMS_PATH}.phase`] as Kms["phase"] };
}

/** 0 where the site's own keys alone encrypt and read, one more for each `up` on the way to the KMS. */
function position(step: KmsStep | undefined): number {
  return step === undefined ? 0 : step.phase === "read" ? 1 : 2;
}

/**
 * Why a site cannot go from one step to the other at once: while API servers start again one after another, each must read what any of
 * them writes, and when a plugin goes nothing may be left that only its key opens.
 */
export function impossibleKms(wanted: KmsStep | undefined, applied: KmsStep | undefined): Problem[] {
  const [goal, here] = [position(wanted), position(applied)];
  const isOther = wanted !== undefined && applied !== undefined && wanted.name !== applied.name;
  if (isOther && here === 2)
    return [
      {
        path: `${KMS_PATH}.name`,
        fact: `${applied.name} encrypts the secrets, and ${wanted.name} would read none of them`,
        fix: `go back first: name ${applied.name}, phase read`,
      },
    ];
  // What another plugin was to read is written by the site's own key.
  const from = isOther ? 0 : here;
  if (Math.abs(goal - from) < 2) return [];
  return [
    goal > from
      ? {
          path: `${KMS_PATH}.phase`,
          fact: `no API server of the site reads what ${wanted?.name} encrypts, and each would meet what the one before it wrote`,
          fix: "set phase: read for one `up`, then write",
        }
      : {
          path: KMS_PATH,
          fact: `${applied?.name} encrypts the secrets, and no API server would read them without it`,
          fix: `keep it with phase: read for one \`up\`, which writes them again, then leave it out`,
        },
  ];
}
