import { capabilitiesOf } from "../hypervisors";
import type { Problem } from "../problem";
import { printable } from "../problem";
import type { SiteSpec, WorkerPool } from "../spec";

/** Bounds of worker pools' counts; their labels and taints: keys that Kubernetes takes, and that are nobody else's. */
export function consistentPools({ workers, hypervisor }: SiteSpec): Problem[] {
  const { makesMachines } = capabilitiesOf(hypervisor.kind);
  return workers.flatMap((pool, i) => [
    ...bounds(pool, `workers[${i}]`, makesMachines),
    ...labels(pool, `workers[${i}]`),
    ...taints(pool, `workers[${i}]`),
  ]);
}

function bounds({ count, scale }: WorkerPool, path: string, makesMachines: boolean): Problem[] {
  if (scale === undefined) return [];
  const { minimum, maximum } = scale;
  if (!makesMachines)
    return [
      {
        path: `${path}.scale`,
        fact: "its workers are servers that exist, and nothing makes another one",
        fix: "leave it out, and list servers under machines",
      },
    ];
  if (minimum > maximum)
    return [
      {
        path: `${path}.scale.minimum`,
        fact: `${minimum} is more than the maximum, ${maximum}`,
        fix: "write the lower number as the minimum",
      },
    ];
  const bound = count < minimum ? "minimum" : count > maximum ? "maximum" : undefined;
  if (bound === undefined) return [];
  const [than, fix] = bound === "minimum" ? ["fewer than", "lower"] : ["more than", "raise"];
  return [
    {
      path: `${path}.count`,
      fact: `${count} is ${than} scale.${bound}, ${scale[bound]}`,
      fix: `use ${scale[bound]}, or ${fix} scale.${bound}`,
    },
  ];
}

function labels({ labels = {} }: WorkerPool, path: string): Problem[] {
  return Object.keys(labels).flatMap((key) => {
    const at = `${path}.labels.${printable(key)}`;
    return keyProblem(key, at) ?? reserved(key, at) ?? [];
  });
}

function taints({ taints = [] }: WorkerPool, path: string): Problem[] {
  const seen = new Set<string>();
  return taints.flatMap(({ key, effect }, i) => {
    const at = `${path}.taints[${i}].key`;
    const problem = keyProblem(key, at) ?? reserved(key, at);
    if (problem) return [problem];
    const name = `${key}:${effect}`;
    if (seen.has(name)) return [{ path: at, fact: `${name} is there twice`, fix: "name a key once for each effect" }];
    seen.add(name);
    return [];
  });
}

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export function keyProblem(key: string, path: string): Problem | undefined {
  const [name = "", prefix, ...rest] = key.split("/").reverse();
  if (rest.length > 0) return { path, fact: "a key has one slash at most", fix: "use prefix/name, or a name alone" };
  if (prefix !== undefined && (prefix.length > 253 || !PREFIX.test(prefix)))
    return {
      path,
      fact: "what is before the slash is no DNS name",
      fix: "use a lower-case DNS name, example.com/name",
    };
  if (!NAME.test(name))
    return {
      path,
      fact: "its name is no label name",
      fix: "use up to 63 letters, digits, hyphens, dots and underscores, starting and ending with a letter or digit",
    };
  return undefined;
}

/** Who owns a prefix; what a node may not give itself (NodeRestriction), or something else gives it. */
const OWNERS = [
  ["kubernetes.io", "Kubernetes"],
  ["k8s.io", "Kubernetes"],
  ["groundwork.local", "Groundwork"],
] as const;

function reserved(key: string, path: string): Problem | undefined {
  const [prefix] = key.includes("/") ? key.split("/") : [];
  const owner = OWNERS.find(([domain]) => prefix === domain || prefix?.endsWith(`.${domain}`))?.[1];
  return owner === undefined
    ? undefined
    : {
        path,
        fact: `${prefix} is reserved for ${owner}`,
        fix: "use a prefix of your own, example.com/name",
      };
}
