import type SemVer from "semver/classes/semver";
import coerce from "semver/functions/coerce";

const NUMBER = "(?:0|[1-9]\\d{0,4})";

/** `1.2.3`: three numbers as versions have them, none with a zero before it. */
export const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}$`);
/** The same with or without the patch. */
export const VERSION_OR_MINOR = new RegExp(`^${NUMBER}\\.${NUMBER}(?:\\.${NUMBER})?$`);

/**
 * A version as people and programs write it: `1.2`, `1.2.3`, `v1.2.3-rc.1`. A patch that is left out is 0.
 *
 * @throws if there is no number in it
 */
export function versionOf(text: string): SemVer {
  const version = coerce(text);
  if (version === null) throw new Error(`${text}: it is no version; write it as major.minor.patch`);
  return version;
}

/** `1.2` of `1.2.3`. */
export function minorOf(text: string): string {
  const { major, minor } = versionOf(text);
  return `${major}.${minor}`;
}
