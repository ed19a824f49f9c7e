import { isUnknownValue, raw } from "./registered/reading";

/** A value that a preview cannot know: it depends on something that does not exist yet. */
export class Unknown {
  constructor(readonly path: string) {}
}

/**
 * A plain copy of registered properties in which each unknown value is an `Unknown`, so that one that is not known does
 * not hide the others.
 */
export function withUnknowns(props: unknown): unknown {
  return copied(raw(props), "");
}

function copied(value: unknown, path: string): unknown {
  if (isUnknownValue(value)) return new Unknown(path);
  if (typeof value !== "object" || value === null) return value;
  const below = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((part, i) => copied(part, below(String(i))));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part, below(key))]));
}
