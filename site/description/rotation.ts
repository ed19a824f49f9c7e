import type { Problem } from "./problem";
import type { PHASES } from "./schema/pki";
import type { SiteSpec } from "./spec";

export type Phase = (typeof PHASES)[number];
/** What can be rotated, by its name in the description. */
export type Rotated = keyof SiteSpec["pki"]["rotation"];

/** How far the rotation of one thing is. */
export interface RotationStep {
  generation: number;
  phase: Phase;
}

/** How far each rotation is; part of what an `up` leaves. */
export type Rotations = Record<Rotated, RotationStep>;

/** What is rotated, as people call it. */
export const ROTATED: Record<Rotated, string> = {
  cluster: "the cluster's authority",
  etcd: "etcd's authority",
  frontProxy: "the front proxy's authority",
  networkStore: "the network add-on store's authority",
  serviceAccount: "the service account key",
  encryption: "the encryption key",
};

/** The generations that there are at a step. */
export interface Generations {
  /** The one that signs or encrypts. */
  signing: number;
  /** All that are trusted; the one that signs comes first, where kubeadm looks for it. */
  trusted: number[];
}

export function generationsOf({ generation, phase }: RotationStep): Generations {
  const before = generation - 1;
  if (phase === "drop" || before === 0) return { signing: generation, trusted: [generation] };
  return phase === "trust"
    ? { signing: before, trusted: [before, generation] }
    : { signing: generation, trusted: [generation, before] };
}

/** The name of a generation: the first has the plain one, as it has at a site that never rotated anything. */
export function generationName(id: string, generation: number): string {
  return generation === 1 ? id : `${id}-${generation}`;
}

/** Is anything of a later generation than the first, or on its way there? */
export function isRotated(rotations: Rotations): boolean {
  return Object.values(rotations).some(({ generation }) => generation > 1);
}

/** Steps in the order in which they must be taken: 0 for the first generation, then three for each rotation. */
function position({ generation, phase }: RotationStep): number {
  const back = { trust: 2, reissue: 1, drop: 0 }[phase];
  return Math.max(0, 3 * (generation - 1) - back);
}

/**
 * Rotations that cannot go where the description wants them from where the last `up` left them. There is a way back from `trust` alone,
 * when nothing is signed by the new generation yet.
 */
export function impossibleRotations(wanted: Rotations, applied: Rotations): Problem[] {
  return (Object.keys(ROTATED) as Rotated[]).flatMap((id) => {
    const [goal, here] = [position(wanted[id]), position(applied[id])];
    if (goal === here || goal === here + 1 || (applied[id].phase === "trust" && goal === here - 1)) return [];
    const possible = goal > here ? stepAt(here + 1) : applied[id];
    const reason =
      goal > here
        ? "would skip a phase, and machines would not trust each other"
        : "is behind it, and what the later one signed would be trusted by nobody";
    return [
      {
        path: `pki.rotation.${id}`,
        fact: `${ROTATED[id]} stands at ${described(applied[id])}; ${described(wanted[id])} ${reason}`,
        fix: `set {generation: ${possible.generation}, phase: ${possible.phase}}`,
      },
    ];
  });
}

function stepAt(position: number): RotationStep {
  const phase = (["drop", "trust", "reissue"] as const)[position % 3] ?? "drop";
  return { generation: Math.ceil(position / 3) + 1, phase };
}

function described({ generation, phase }: RotationStep): string {
  return `generation ${generation}, phase ${phase}`;
}
