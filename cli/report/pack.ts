import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { unusable } from "../../site/description/unusableInput";
import type { ReportOptions } from "./options";
import type { Project } from "./project";

/** Who judges a change: a policy pack, and the file of its configuration if it has one. */
export interface Pack {
  policyPack: string;
  policyConfig?: string;
}

/** `require` takes a file of the folder's name before the folder (@pulumi/pulumi 3.248: the pack "failed to start"). */
const SHADOWS = [".js", ".json", ".node"];

/**
 * What is named, or else the project's own `policies/` and `policy-config.json`, or else the pack that came with this package.
 *
 * @throws UnusableInput if there is none
 */
export function packOf(
  { folder }: Project,
  { policyPack, policyPackConfig }: Pick<ReportOptions, "policyPack" | "policyPackConfig"> = {},
): Pack {
  const own = join(folder, "policies");
  const pack = resolve(policyPack ?? (existsSync(own) ? own : join(__dirname, "../../policies")));
  if (!existsSync(join(pack, "PulumiPolicy.yaml")))
    throw unusable(pack, "there is no policy pack", "name one with --policy-pack, so that the change is judged");
  const shadow = SHADOWS.map((ending) => pack + ending).find((file) => existsSync(file));
  if (shadow !== undefined)
    throw unusable(shadow, "it is loaded in place of the policy pack beside it", "give it another name");
  const ownConfig = join(folder, "policy-config.json");
  const config = policyPackConfig ?? (existsSync(ownConfig) ? ownConfig : undefined);
  return { policyPack: pack, ...(config !== undefined && { policyConfig: resolve(config) }) };
}

/** The same, as the Pulumi CLI takes it. */
export function packArguments({ policyPack, policyConfig }: Pack): string[] {
  return ["--policy-pack", policyPack, ...(policyConfig === undefined ? [] : ["--policy-pack-config", policyConfig])];
}
