import { unusable } from "../../site/description/unusableInput";

/** A site named by its file, or by a Pulumi stack. */
export interface NamedSite {
  file?: string | undefined;
  stack?: string | undefined;
  /** The stack's configuration; by default `stacks/Pulumi.<stack>.yaml`. */
  configFile?: string | undefined;
}

/**
 * The file that describes the site that somebody named.
 *
 * @throws UnusableInput if none or two are named
 */
export function siteFileOf({ file, stack, configFile }: NamedSite): string {
  if (file !== undefined && stack !== undefined)
    throw unusable("--stack", "a file is named, too", "name one of the two");
  if (file !== undefined) return file;
  if (stack === undefined) throw unusable("file", "no site is named", "name a site's file, or a stack with --stack");
  return configFile ?? `stacks/Pulumi.${stack}.yaml`;
}
