import type SemVer from "semver/classes/semver";
import coerce from "semver/functions/coerce";

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
