import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UnusableInput } from "../../site/description/unusableInput";
import { writeWhole } from "../output/file";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";

const record = z.object({
  endpoint: z.string(),
  copies: z.array(z.string()).min(1),
  authority: z.string(),
  certificate: z.string(),
  key: z.string(),
});

/** A site's own registry: where it is, and what fills it. */
export type SiteRegistry = z.output<typeof record>;

/** @throws UnusableInput if no site is up in the stack, or it has no registry of its own */
export async function siteRegistry(stack: PulumiStack): Promise<SiteRegistry> {
  const { registry, endpoint } = await outputsOf(stack);
  if (typeof endpoint !== "string") throw noSiteIn(stack);
  const read = record.safeParse(registry);
  if (read.success) return read.data;
  throw new UnusableInput([
    {
      path: "registry",
      fact: `the site in ${stack.stack} has no registry of its own`,
      fix: "describe registry: {kind: local}, and run `pulumi up`; or name another registry with --registry",
    },
  ]);
}

/** Writes what skopeo and podman sign in with: `ca.crt`, `client.cert`, `client.key`, for their reader alone. */
export function writeCertificates({ authority, certificate, key }: SiteRegistry, folder: string): void {
  const before = process.umask(0o077);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of [
      ["ca.crt", authority],
      ["client.cert", certificate],
      ["client.key", key],
    ] as const)
      writeWhole(join(folder, name), text);
  } finally {
    process.umask(before);
  }
}
