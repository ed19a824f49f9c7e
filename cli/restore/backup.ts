import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { z } from "zod";
import { readVersioned, versionOne } from "../../site/description/formatVersion";
import { formatProblem } from "../../site/description/problem";
import { type SealedSite, sealedSiteSchema } from "../../site/life/sealed";
import type { Source } from "./source";

const manifestSchema = z.object({
  version: versionOne,
  site: z.string(),
  time: z.string(),
  member: z.string(),
  revision: z.number(),
  hash: z.number(),
  objects: z.number(),
  kubernetes: z.string(),
  etcd: z.string(),
  snapshotSha256: z.string(),
});

/** What a backup says of itself. */
export type Manifest = z.output<typeof manifestSchema>;

/** What lies beside a backup, for who cannot open it. */
const outerSchema = z.object({ version: versionOne, size: z.number(), sha256: z.string() });

/** A backup that was proven, decrypted and taken apart in a folder. */
export interface OpenBackup {
  name: string;
  manifest: Manifest;
  sealed: SealedSite;
  /** etcd's snapshot. */
  snapshot: string;
  /** `revision "key"` a line: at which write every object was. */
  objects: string;
}

const manifestName = /^(.+-\d{8}T\d{6}Z)\.json$/;

/**
 * Fetches a backup, proves that it is whole, and opens it.
 *
 * @param wanted its name; the newest without one
 * @throws Error as `path: fact; fix`
 */
export async function openBackup(
  source: Source,
  wanted: string | undefined,
  identityFile: string,
  folder: string,
  progress: (line: string) => void,
): Promise<OpenBackup> {
  const names = (await source.list()).flatMap((file) => manifestName.exec(file)?.[1] ?? []).sort();
  const name = wanted ?? names.at(-1);
  if (name === undefined || !names.includes(name))
    throw new Error(
      names.length === 0
        ? `--from: ${source.name} has no backup; name the folder that backup.targets names`
        : `--backup: ${source.name} has no ${name}; it has ${names.slice(-3).join(", ")}`,
    );
  const earlier = names[names.indexOf(name) - 1];
  const instead = earlier ? `take the one before it: --backup ${earlier}` : "take another target's copy";
  await source.fetch(`${name}.json`, join(folder, "outer.json"));
  const readIn = <T>(schema: z.ZodType<T>, text: string): T => {
    const read = readVersioned(parsed(text), schema, { from: "a backup", fix: instead });
    if ("problem" in read) throw new Error(`${name} ${formatProblem(read.problem)}`);
    return read.value;
  };
  const outer = readIn(outerSchema, readFileSync(join(folder, "outer.json"), "utf8"));
  const file = join(folder, "backup.tar.age");
  await source.fetch(`${name}.tar.age`, file);
  const { size } = statSync(file);
  if (size !== outer.size)
    throw new Error(`${name}: it has ${size} of its ${outer.size} bytes: it was cut off; ${instead}`);
  if ((await sha256(file)) !== outer.sha256) throw new Error(`${name}: it is damaged; ${instead}`);
  progress(`${name}: ${size} bytes, as its manifest says`);
  const identity = identityIn(identityFile);
  await unpack(await decrypted(file, identity, name), folder);
  const manifest = readIn(manifestSchema, readFileSync(join(folder, "manifest.json"), "utf8"));
  if ((await sha256(join(folder, "snapshot.db"))) !== manifest.snapshotSha256)
    throw new Error(`${name}: its snapshot is damaged; ${instead}`);
  const sealed = readIn(sealedSiteSchema, await text(await decrypted(join(folder, "site.age"), identity, name)));
  progress(
    `${name}: opened, ${manifest.objects} objects at revision ${manifest.revision}, ${sealed.kept.length} keys and authorities`,
  );
  return { name, manifest, sealed, snapshot: join(folder, "snapshot.db"), objects: join(folder, "objects") };
}

/** What is no JSON is nothing that a schema takes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The secret keys in a file of age-keygen. */
function identityIn(file: string): string[] {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    throw new Error(`--identity: ${file} cannot be read; name the file that age-keygen wrote`);
  }
  const keys = content.split("\n").filter((line) => line.startsWith("AGE-SECRET-KEY-"));
  if (keys.length === 0)
    throw new Error(`--identity: ${file} has no line AGE-SECRET-KEY-…; name the file that age-keygen wrote`);
  return keys.map((key) => key.trim());
}

async function decrypted(file: string, identities: string[], name: string): Promise<Readable> {
  const { Decrypter, armor } = await import("age-encryption");
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    if (file.endsWith("site.age"))
      return Readable.from([Buffer.from(await decrypter.decrypt(armor.decode(readFileSync(file, "utf8"))))]);
    const stream = Readable.toWeb(createReadStream(file)) as unknown as globalThis.ReadableStream<Uint8Array>;
    return Readable.fromWeb((await decrypter.decrypt(stream)) as unknown as ReadableStream);
  } catch (error) {
    if (/no identity matched/.test(String(error)))
      throw new Error(
        `--identity: it is not one of those that ${name} was encrypted to; use another (backup.recipients names them)`,
      );
    throw new Error(
      `${name}: it cannot be decrypted: ${error instanceof Error ? error.message : error}; take another copy`,
    );
  }
}

async function unpack(archive: Readable, folder: string): Promise<void> {
  const tar = extract();
  tar.on("entry", (header, stream, next) => {
    const known = ["manifest.json", "site.age", "objects", "snapshot.db"].includes(header.name);
    if (!known) {
      stream.resume();
      stream.on("end", next);
      return;
    }
    pipeline(stream, createWriteStream(join(folder, header.name), { mode: 0o600 })).then(() => next(), next);
  });
  await pipeline(archive, createGunzip(), tar);
}

async function text(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
