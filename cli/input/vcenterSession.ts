import { Session } from "../../sdks/vcenter/session";
import type { Vcenter } from "../../site/description/hypervisors";
import { unusable } from "../../site/description/unusableInput";
import { authorityIn } from "./authority";

/**
 * A session with a site's vCenter, of the account in VSPHERE_USER and VSPHERE_PASSWORD.
 *
 * @param ca the file that `--ca` names
 * @throws UnusableInput without an account, or for a vCenter that cannot be used
 */
export async function vcenterSession(
  { server, allowUnverifiedSsl: insecure }: Vcenter,
  ca: string | undefined,
  { VSPHERE_USER: user, VSPHERE_PASSWORD: password }: NodeJS.ProcessEnv,
): Promise<Session> {
  if (!user || !password)
    throw unusable("VSPHERE_USER", "the account is not named", "set VSPHERE_USER and VSPHERE_PASSWORD");
  return Session.open({ server, user, password, insecure, ca: ca === undefined ? undefined : authorityIn(ca) });
}
