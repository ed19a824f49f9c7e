import { nearest } from "../nearest";
import { type Problem, printable } from "../problem";
import { compareMinors, kubernetesMinor, SUPPORTED_MINORS } from "../versions";

/**
 * Feature gates that a program of this version would not start with: one that it does not know (yet, or any more), or a value that
 * a gate is locked against.
 */
export function impossibleGates(version: string, gates: unknown, path: string): Problem[] {
  if (typeof gates !== "object" || gates === null) return [];
  return Object.entries(gates).flatMap(([name, value]) => {
    if (typeof value !== "boolean") return [];
    const possible = valuesOf(version, name);
    const at = `${path}.${printable(name)}`;
    if (possible === undefined) return [{ path: at, ...unknown(version, name) }];
    return possible.split(" or ").includes(String(value))
      ? []
      : [{ path: at, fact: `the gate is locked to ${possible} in Kubernetes ${version}`, fix: "leave it out" }];
  });
}

function valuesOf(version: string, name: string): string | undefined {
  const { gates } = kubernetesMinor(version).fields;
  return Object.hasOwn(gates, name) ? gates[name] : undefined;
}

function unknown(version: string, name: string): Omit<Problem, "path"> {
  const knowing = SUPPORTED_MINORS.filter((minor) => valuesOf(minor, name) !== undefined);
  const last = knowing.findLast((minor) => compareMinors(minor, version) < 0);
  const fact = (word: string) => `Kubernetes ${version} knows ${word}, and its programs would not start with it`;
  if (last) return { fact: fact("this feature gate no more"), fix: `leave it out: ${last} is the last that knows it` };
  if (knowing[0]) return { fact: fact("this feature gate not yet"), fix: `leave it out before ${knowing[0]}` };
  return {
    fact: fact("no such feature gate"),
    fix: nearest(name, Object.keys(kubernetesMinor(version).fields.gates)),
  };
}
