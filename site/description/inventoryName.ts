/**
 * A name as vCenter keeps it: a slash, a backslash and a per cent sign of it are `%2f`, `%5c` and `%25` there. People write
 * what the vSphere Client shows, or what the API and `govc` print; both are the same name.
 */
export function storedName(name: string): string {
  return name
    .replace(/%(?!2f|5c|25)/gi, "%25")
    .replaceAll("/", "%2f")
    .replaceAll("\\", "%5c")
    .replace(/%(?:2F|5C)/g, (code) => code.toLowerCase());
}

/** A name for a search by pattern, such as the provider's by name: marks that have a meaning there stand for themselves. */
export function patternOf(name: string): string {
  return storedName(name).replace(/[*?[\]]/g, "\\$&");
}
