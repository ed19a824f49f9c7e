/** A value that a preview cannot know: it depends on something that does not exist yet. */
export class Unknown {
  constructor(readonly path: string) {}
}

/** Runs `read` on registered properties; an `Unknown` if it needed one. */
export function known<T>(read: () => T): T | Unknown {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return new Unknown(error.props.map(String).join("."));
    throw error;
  }
}

/**
 * A plain copy of registered properties in which each unknown value is an `Unknown`, so that one that is not known does
 * not hide the others.
 */
export function settled(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const source = value as Record<string, unknown>;
  const read = (key: string): unknown => {
    const part = known(() => source[key]);
    return part instanceof Unknown ? part : settled(part);
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(String(index)));
  return Object.fromEntries(Object.keys(source).map((key) => [key, read(key)]));
}

/** What `@pulumi/policy` throws when a property is read that a preview cannot know. Its class is not exported. */
function isUnknownValue(error: unknown): error is Error & { props: PropertyKey[] } {
  return error instanceof Error && "unknownTypeSentinel" in error && "props" in error;
}
