import { z } from "zod";
import { readVersioned, versionOne } from "../description/formatVersion";
import type { Problem } from "../description/problem";

const generationSchema = z.object({
  /** From when on it is wanted on the machine, RFC 3339. */
  due: z.string(),
  /** When its certificates end, RFC 3339. */
  ends: z.string(),
  /** What opens it: an age identity. Its keepers alone have it. */
  identity: z.string(),
  /** The files, armored age. */
  sealed: z.string(),
});

const machineSchema = z.object({
  /** The digest of what they were made from: while it is the same they are not made again. */
  basis: z.string(),
  /** When they were issued, RFC 3339. */
  issued: z.string(),
  generations: z.array(generationSchema),
});

const successorsSchema = z.object({ version: versionOne, machines: z.record(z.string(), machineSchema) });

/** The successors of one machine's certificates. */
export type MachineSuccessors = z.infer<typeof machineSchema>;

/**
 * The certificates that were issued ahead for the time that a site lives alone, by machine. An output of the stack, which the next run reads:
 * what is still right is not made again, so that a second `up` changes nothing. It is a secret.
 */
export type Successors = z.input<typeof successorsSchema>;

/** Reads the output `successors` of a stack; nothing if there is none. */
export function readSuccessors(output: unknown): { successors?: Successors } | { problem: Problem } {
  if (output === undefined || output === null) return {};
  const fix = "take the program that brought the site up, or a newer one";
  const read = readVersioned(output, successorsSchema, { from: "a site that lives alone", fix });
  if ("value" in read) return { successors: read.value };
  const { path, ...problem } = read.problem;
  return { problem: { path: ["successors", path].filter(Boolean).join("."), ...problem } };
}
