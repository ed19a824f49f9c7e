import type { PolicyResource } from "@pulumi/policy";
import type { Deployment, Registered } from "../deployment";
import { settled, Unknown } from "../known";

/** A resource with plain properties; what is not known yet is an `Unknown`. */
export interface Seen {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  props: Readonly<Record<string, unknown>>;
  /** What a preview was asked for, where `props` also hold what the provider says of it. */
  asked?: Readonly<Record<string, unknown>>;
  /** The resources that a property was made from. */
  madeFrom: Readonly<Record<string, readonly string[]>>;
}

const asRegistered = new WeakMap<object, Seen>();

/** What is registered so far, all of it or within one resource, before the engine acts on it: inputs only. */
export function seenSoFar(deployment: Deployment, root?: string): Seen[] {
  const resources = deployment.registered().filter(({ urn }) => root === undefined || deployment.within(urn, root));
  return resources.map((resource) => {
    const known = asRegistered.get(resource.props);
    if (known) return known;
    const seen = { ...identity(resource), props: properties(resource.props), madeFrom: {} };
    asRegistered.set(resource.props, seen);
    return seen;
  });
}

/**
 * The stack at the end of a preview or update: outputs, and inputs where an output is not known yet. A component shows
 * its arguments; what it registered as outputs is for people.
 */
export function seenAtTheEnd(resources: readonly PolicyResource[], deployment: Deployment): Seen[] {
  const inputs = new Map(seenSoFar(deployment).map((seen) => [seen.urn, seen]));
  return resources.flatMap((resource): Seen[] => {
    const asked = inputs.get(resource.urn);
    if (asked === undefined) return [];
    const isComponent = resource.type.startsWith("groundwork:");
    return [
      {
        ...asked,
        ...(deployment.isPreview && { asked: asked.props }),
        props: isComponent ? asked.props : (either(asked.props, properties(resource.props)) as Seen["props"]),
        madeFrom: Object.fromEntries(
          Object.entries(resource.propertyDependencies).map(([key, from]) => [key, from.map(({ urn }) => urn)]),
        ),
      },
    ];
  });
}

function identity({ urn, type, name, opts }: Registered): Pick<Seen, "urn" | "type" | "name" | "parent"> {
  return { urn, type, name, ...(opts.parent && { parent: opts.parent }) };
}

function properties(props: unknown): Record<string, unknown> {
  return settled(props) as Record<string, unknown>;
}

/** What is wins over what was asked for; where it is not known, what was asked for stands. */
function either(asked: unknown, is: unknown): unknown {
  if (is === undefined || is === null || is instanceof Unknown) return asked ?? is;
  if (Array.isArray(asked) && Array.isArray(is)) return is.map((part, i) => either(asked[i], part));
  if (!isRecord(asked) || !isRecord(is)) return is;
  const keys = new Set([...Object.keys(asked), ...Object.keys(is)]);
  return Object.fromEntries([...keys].map((key) => [key, either(asked[key], is[key])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}
