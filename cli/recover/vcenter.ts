import type { Login } from "../../sdks/vcenter/session";
import { templatesOf, vcenterOf } from "../../site/description/hypervisors";
import type { SiteSpec } from "../../site/description/spec";
import { unusable } from "../../site/description/unusableInput";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";

/** Pulumi's type of a virtual machine. */
export const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

/** Where a site lies in vCenter's inventory; empty for a site without a hypervisor. */
export interface VcenterPlace {
  server?: string;
  allowUnverifiedSsl?: boolean;
  datacenter?: string;
  cluster?: string;
  /** Names of what machines are cloned from. */
  templates?: readonly string[];
  folder?: string;
}

/** Where a described site lies; nothing of one without a vCenter. */
export function placeOf(spec: SiteSpec): VcenterPlace | undefined {
  const vcenter = vcenterOf(spec.hypervisor);
  return vcenter && { ...vcenter, templates: templatesOf(spec) };
}

/** How the stack's program signs in to vCenter; nothing if nobody says. */
export async function knownLogin(
  stack: PulumiStack,
  { server, allowUnverifiedSsl }: VcenterPlace,
): Promise<Login | undefined> {
  const text = await pulumiOrThrow(stack, ["config", "--json", "--show-secrets"]);
  const config = JSON.parse(text) as Record<string, { value?: string }>;
  const user = config["groundwork:vsphereUser"]?.value ?? stack.env.VSPHERE_USER;
  const password = config["groundwork:vspherePassword"]?.value ?? stack.env.VSPHERE_PASSWORD;
  return server && user && password ? { server, user, password, insecure: allowUnverifiedSsl } : undefined;
}

/** @throws UnusableInput if nobody says how */
export async function loginOf(stack: PulumiStack, place: VcenterPlace): Promise<Login> {
  const login = await knownLogin(stack, place);
  if (login) return login;
  throw unusable(
    "hypervisor",
    "what a killed run has made is not known without vCenter",
    "set VSPHERE_USER and VSPHERE_PASSWORD",
  );
}

/** The path of a machine of the site, from its datacenter on. */
export function machinePath({ datacenter, folder }: VcenterPlace, name: string): string {
  const within = folder ? `${folder.replace(/^\/+|\/+$/g, "")}/` : "";
  return `/${datacenter}/vm/${within}${name}`;
}
