const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The value at a path as the engine writes it: `disks[1].datastoreId`, `extraConfig["guestinfo.metadata"]`. */
export function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? index ?? quoted ?? ""];
  }
  return value;
}

const longest = 80;

/** A value as a person reads it on one line. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (value === unknown) return "not known yet";
  const text = typeof value === "string" ? value : JSON.stringify(value).replaceAll(unknown, "not known yet");
  const line = text.replace(/\s+/g, " ");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
