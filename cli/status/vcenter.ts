import { readPlaces } from "../../sdks/vcenter/places";
import { type Login, Session } from "../../sdks/vcenter/session";
import { type Vcenter, vcenterOf } from "../../site/description/hypervisors";
import type { SiteSpec } from "../../site/description/spec";
import { knownLogin } from "../recover/vcenter";
import type { PulumiStack } from "../stack/pulumi";
import type { SiteSeen } from "./seen";

/** Milliseconds that vCenter has for its answer. */
const PATIENCE_MS = 3000;

/** How the site's vCenter is asked where its machines are; `undefined` for a site without one. */
export type AskVcenter = (machines: readonly string[]) => Promise<NonNullable<SiteSeen["places"]>>;

/** Reads how to sign in. Who may not, or does not answer, is told as that: the site is none the worse for it. */
export async function vcenterAsker(stack: PulumiStack, spec: SiteSpec): Promise<AskVcenter | undefined> {
  const vcenter = vcenterOf(spec.hypervisor);
  if (vcenter === undefined) return undefined;
  const login = await knownLogin(stack, vcenter);
  if (login === undefined) return async () => ({ problem: "set VSPHERE_USER and VSPHERE_PASSWORD" });
  return (machines) => placesOf(login, vcenter, machines);
}

async function placesOf(login: Login, vcenter: Vcenter, machines: readonly string[]): Promise<SiteSeen["places"] & {}> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ problem: string }>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { problem: `no answer within ${PATIENCE_MS / 1000} s` });
  });
  const read = async () => {
    const session = await Session.open(login);
    try {
      return await readPlaces(session, vcenter, machines);
    } finally {
      await session.close();
    }
  };
  try {
    return await Promise.race([read().catch((error: Error) => ({ problem: error.message })), late]);
  } finally {
    clearTimeout(timer);
  }
}
