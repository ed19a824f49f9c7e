import type { PolicyResource } from "@pulumi/policy";
import type { Deployment, Registered } from "../deployment";
import { Unknown, withUnknowns } from "../unknown";

/** A resource with plain properties; what is not known yet is an `Unknown`. */
export interface RegisteredResource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  props: Readonly<Record<string, unknown>>;
  /** What a preview was asked for, where `props` also hold what the provider says of it. */
  desired?: Readonly<Record<string, unknown>>;
  /** What a component registered as outputs, at the end. */
  outputs?: Readonly<Record<string, unknown>>;
  /** The resources that a property was made from. */
  madeFrom: Readonly<Record<string, readonly string[]>>;
}

const asRegistered = new WeakMap<object, RegisteredResource>();

/** What is registered so far, all of it or within one resource, before the engine acts on it: inputs only. */
export function resourcesSoFar(deployment: Deployment, root?: string): RegisteredResource[] {
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
 * its arguments, and apart from them what it registered as outputs.
 */
export function stackResources(resources: readonly PolicyResource[], deployment: Deployment): RegisteredResource[] {
  const inputs = new Map(resourcesSoFar(deployment).map((seen) => [seen.urn, seen]));
  return resources.flatMap((resource): RegisteredResource[] => {
    const desired = inputs.get(resource.urn);
    if (desired === undefined) return [];
    const isComponent = resource.type.startsWith("groundwork:");
    return [
      {
        ...desired,
        ...(deployment.isPreview && { desired: desired.props }),
        props: isComponent
          ? desired.props
          : (merged(desired.props, properties(resource.props)) as RegisteredResource["props"]),
        ...(isComponent && { outputs: properties(resource.props) }),
        madeFrom: Object.fromEntries(
          Object.entries(resource.propertyDependencies).map(([key, from]) => [key, from.map(({ urn }) => urn)]),
        ),
      },
    ];
  });
}

function identity({ urn, type, name, opts }: Registered): Pick<RegisteredResource, "urn" | "type" | "name" | "parent"> {
  return { urn, type, name, ...(opts.parent && { parent: opts.parent }) };
}

function properties(props: unknown): Record<string, unknown> {
  return withUnknowns(props) as Record<string, unknown>;
}

/** What is wins over what is desired; where it is not known, what is desired counts. */
function merged(desired: unknown, is: unknown): unknown {
  if (is === undefined || is === null || is instanceof Unknown) return desired ?? is;
  if (Array.isArray(desired) && Array.isArray(is)) return is.map((part, i) => merged(desired[i], part));
  if (!isRecord(desired) || !isRecord(is)) return is;
  const keys = new Set([...Object.keys(desired), ...Object.keys(is)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(desired[key], is[key])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}
