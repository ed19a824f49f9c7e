import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Login } from "../../sdks/vcenter/session";
import { privateFolder } from "../process/privateFolder";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";

/** Something of vCenter that no state knows. */
export interface Leftover {
  /** Pulumi's type. */
  type: string;
  name: string;
  /** What the provider imports it by. */
  id: string;
}

/**
 * Deletes things by Pulumi's own provider. They are taken into a stack that exists for this alone, in a folder of its own:
 * the engine (3.200) cannot delete some resources alone after an interrupted replacement.
 * Killed in between, it has lost nothing: what is left is found again by its name.
 *
 * @param stack the stack of the site, whose environment finds Pulumi and its plugins
 * @throws Error if Pulumi or vCenter refuses
 */
export async function deleteThings(stack: PulumiStack, things: readonly Leftover[], login: Login): Promise<void> {
  const { path: folder, close } = privateFolder();
  const env = {
    ...stack.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(32).toString("hex"),
    VSPHERE_SERVER: login.server,
    VSPHERE_USER: login.user,
    VSPHERE_PASSWORD: login.password,
    VSPHERE_ALLOW_UNVERIFIED_SSL: String(login.insecure ?? false),
  };
  const leftovers: PulumiStack = { folder, stack: "leftovers", env };
  const quietly = ["--yes", "--skip-preview"];
  try {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: leftovers\nruntime: nodejs\n");
    const file = join(folder, "import.json");
    const resources = things.map(({ type, name, id }) => ({ type, name, id }));
    // https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations
    writeFileSync(file, JSON.stringify({ resources }));
    await pulumiOrThrow(leftovers, ["stack", "init", "--no-select"]);
    await pulumiOrThrow(leftovers, [
      ...["import", "--file", file, "--generate-code=false", "--protect=false"],
      ...quietly,
    ]);
    await pulumiOrThrow(leftovers, ["destroy", ...quietly]);
  } finally {
    close();
  }
}
