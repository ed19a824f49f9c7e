import { parseSite } from "../../site/description/parse";
import type { SiteSpec } from "../../site/description/spec";
import { readDocument, siteIn } from "../input/document";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
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

/** The site that a stack's configuration describes. */
export function specOf({ stack, configFile }: StackOptions): SiteSpec {
  return parseSite(siteIn(readDocument(configFile ?? `stacks/Pulumi.${stack}.yaml`)));
}

/** Who signs in to a machine: the site's own user, or the owner's on servers that exist. */
export function userOf(spec: SiteSpec): (address: string) => string {
  return (address) => spec.machines.find((machine) => machine.address === address)?.user ?? "groundwork";
}

/** @throws Error if the stack has no site */
export async function running(stack: PulumiStack, spec: SiteSpec): Promise<Running> {
  const text = await pulumiOrThrow(stack, ["stack", "output", "--json", "--show-secrets"]);
  const outputs = JSON.parse(text) as { machines?: Running["machines"]; sshPrivateKey: string; sshKnownHosts: string };
  if (!outputs.machines) throw new Error(`${stack.stack}: no site is up in this stack; run \`pulumi up\``);
  return {
    machines: outputs.machines,
    login: new SshLogin(outputs.sshPrivateKey, outputs.sshKnownHosts, userOf(spec)),
  };
}
