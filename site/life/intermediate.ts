import { z } from "zod";
import { readVersioned, versionOne } from "../description/formatVersion";
import type { Problem } from "../description/problem";

const intermediateSchema = z.object({
  version: versionOne,
  /** The digest of what it was made from: while it is the same, and young enough, it is not made again. */
  basis: z.string(),
  /** When it was issued and when it ends, RFC 3339. */
  issued: z.string(),
  ends: z.string(),
  certificatePem: z.string(),
  privateKeyPem: z.string(),
});

/** The authority whose key lies in the cluster, as the last `up` left it: an output of the stack, and a secret. */
export type Intermediate = z.input<typeof intermediateSchema>;

/** Reads the output `intermediate` of a stack; nothing if there is none. */
export function readIntermediate(output: unknown): { intermediate?: Intermediate } | { problem: Problem } {
  if (output === undefined || output === null) return {};
  const fix = "take the program that brought the site up, or a newer one";
  const read = readVersioned(output, intermediateSchema, { from: "a site that answers for Gateways", fix });
  if ("value" in read) return { intermediate: read.value };
  const { path, ...problem } = read.problem;
  return { problem: { path: ["intermediate", path].filter(Boolean).join("."), ...problem } };
}
