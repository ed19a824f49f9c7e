import { readSite } from "../../site/description/parse";
import type { SiteSpec } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { readSiteFile } from "../input/document";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";
import { SshLogin } from "./ssh";

/** A site that runs, as its stack's outputs tell of it. */
export interface Running {
  machines: { name: string; role: string; host: string; address: string }[];
  login: SshLogin;
}

/** The options that say which stack. */
export interface StackOptions {
  stack: string;
  configFile?: string;
}

export function stackOf({ stack, configFile }: StackOptions): PulumiStack {
  return { folder: process.cwd(), stack, configFile, env: process.env };
}

/**
 * The site that a stack's configuration describes.
 *
 * @throws UnusableInput if it describes none that can be
 */
export function specOf({ stack, configFile }: StackOptions): SiteSpec {
  const result = readSite(readSiteFile(configFile ?? `stacks/Pulumi.${stack}.yaml`));
  if ("problems" in result) throw new UnusableInput(result.problems);
  return result.spec;
}

/** Who signs in to a machine: the site's own user, or the owner's on servers that exist. */
export function userOf(spec: SiteSpec): (address: string) => string {
  return (address) => spec.machines.find((machine) => machine.address === address)?.user ?? "groundwork";
}

/** @throws UnusableInput if the stack has no site, or its state cannot be read */
export async function running(stack: PulumiStack, spec: SiteSpec): Promise<Running> {
  const outputs = (await outputsOf(stack)) as Partial<Pick<Running, "machines">> & {
    sshPrivateKey: string;
    sshKnownHosts: string;
  };
  if (!outputs.machines) throw noSiteIn(stack);
  return {
    machines: outputs.machines,
    login: new SshLogin(outputs.sshPrivateKey, outputs.sshKnownHosts, userOf(spec)),
  };
}
