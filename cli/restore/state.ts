import { version as tls } from "@pulumi/tls/package.json";
import type { KeptResource, SealedSite } from "../../site/life/sealed";
import { deploymentOf } from "../../site/life/sealed";
import { readDocument } from "../input/document";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
import { type StateResource, stateOf } from "../stack/state";

export async function resourcesOf(stack: PulumiStack): Promise<StateResource[]> {
  return (await stateOf(stack)).resources;
}

/** How the stack's state is encrypted: as it says itself, or by the passphrase whose salt is in its configuration. */
async function encryptionOf(stack: PulumiStack): Promise<object> {
  const known = (await stateOf(stack)).secretsProvider;
  if (known?.type) return known;
  const configFile = stack.configFile ?? `stacks/Pulumi.${stack.stack}.yaml`;
  const { encryptionsalt: salt } = readDocument(configFile) as { encryptionsalt?: string };
  if (!salt)
    throw new Error(
      `${configFile}: it has no encryptionsalt; run \`pulumi config set --secret backupSftpKey < FILE\` once, which writes it`,
    );
  return { type: "passphrase", state: { salt } };
}

/**
 * Gives an empty stack the backup's keys and authorities. A stack that has them already is that of a restore which was interrupted.
 *
 * @throws Error if the stack holds another site
 */
export async function importKeys(
  stack: PulumiStack,
  sealed: SealedSite,
  site: string,
  write: (name: string, text: string) => string,
): Promise<"imported" | "resumed"> {
  const there = (await resourcesOf(stack)).filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const ids = new Map(there.map(({ urn, id }) => [urn, id]));
  const wanted = deploymentOf(sealed, stack.stack, site, tls) as {
    deployment: { resources: (KeptResource & { urn: string })[] };
  };
  const keys = wanted.deployment.resources.filter(({ type }) => type.startsWith("tls:"));
  if (keys.every(({ urn, id }) => ids.get(urn) === id)) return "resumed";
  if (there.length > 0)
    throw new Error(
      `${stack.stack}: the stack holds a site of other keys (${there.length} resources); restore into an empty stack, or \`pulumi destroy\` this one first`,
    );
  const { deployment } = wanted;
  const file = write(
    "deployment.json",
    JSON.stringify({ ...wanted, deployment: { ...deployment, secrets_providers: await encryptionOf(stack) } }),
  );
  await pulumiOrThrow(stack, ["stack", "import", "--file", file]);
  return "imported";
}
