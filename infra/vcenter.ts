import * as pulumi from "@pulumi/pulumi";
import type { VsphereCredentials } from "../components/hypervisors/vsphere/Datacenter";
import { Session } from "../sdks/vcenter/session";
import type { Vcenter } from "../site/description/hypervisors";

/** Asks a site's vCenter something, in a session of its own. */
export async function askVcenter<T>(
  vcenter: Vcenter,
  { user, password }: VsphereCredentials,
  question: (session: Session) => Promise<T>,
): Promise<T> {
  const [name, secret] = await Promise.all([known(user), known(password)]);
  const login = { server: vcenter.server, user: name, password: secret, insecure: vcenter.allowUnverifiedSsl };
  const session = await Session.open(login);
  try {
    return await question(session);
  } finally {
    await session.close();
  }
}

function known(value: pulumi.Input<string>): Promise<string> {
  return new Promise((resolve) => pulumi.output(value).apply(resolve));
}

/** Whether the program itself asks vCenter: unless `groundwork:preflight: false` in the stack's configuration leaves it out. */
export function asksVcenter(config: pulumi.Config): boolean {
  return config.getBoolean("preflight") ?? true;
}
