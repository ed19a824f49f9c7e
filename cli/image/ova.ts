import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { unusable } from "../../site/description/unusableInput";

/** An OVA that is whole: its descriptor, and the bytes of each further file in it. */
export interface Ova {
  file: string;
  descriptor: string;
  sizes: ReadonlyMap<string, number>;
}

/** More has no text that is read as a whole. */
const TEXT_LIMIT = 2 ** 20;

/**
 * Reads an OVA, and compares each file in it with the manifest.
 *
 * @throws UnusableInput if it is none, is cut off, or was changed
 */
export async function readOva(file: string): Promise<Ova> {
  const digests = new Map<string, string>();
  const sizes = new Map<string, number>();
  const texts = { ovf: "", mf: "" };
  try {
    for await (const { name, size, content } of entriesOf(file)) {
      const kind = /\.(ovf|mf)$/.exec(name)?.[1] as keyof typeof texts | undefined;
      const hash = createHash("sha256");
      const kept: Buffer[] = [];
      for await (const chunk of content as AsyncIterable<Buffer>) {
        hash.update(chunk);
        if (kind && size <= TEXT_LIMIT) kept.push(chunk);
      }
      if (kind) texts[kind] = Buffer.concat(kept).toString("utf8");
      else sizes.set(name, size);
      if (kind !== "mf") digests.set(name, hash.digest("hex"));
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (/Unexpected end of data|Invalid tar header/.test(message)) throw bad(file, "it is cut off, or no OVA");
    if (code === "EACCES") throw unusable(file, "it may not be read", "run this as somebody who may");
    throw error;
  }
  if (texts.ovf === "") throw bad(file, "it has no descriptor");
  const said = manifestOf(texts.mf);
  for (const [name, digest] of digests) {
    if (!said.has(name)) throw bad(file, `its manifest has no SHA-256 of ${name}`);
    if (said.get(name) !== digest) throw bad(file, `${name} in it is not what its manifest says`);
  }
  for (const name of said.keys()) if (!digests.has(name)) throw bad(file, `it lacks ${name}`);
  return { file, descriptor: texts.ovf, sizes };
}

/** Hands over one of the files in it. @returns whether it is there */
export async function withFile(
  { file }: Ova,
  name: string,
  use: (content: Readable) => Promise<void>,
): Promise<boolean> {
  for await (const entry of entriesOf(file)) {
    if (entry.name === name) {
      await use(entry.content);
      return true;
    }
    entry.content.resume();
  }
  return false;
}

/** Digests by file: `SHA256(node.ovf)= 0123…`, in the spellings that tools have. */
function manifestOf(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^SHA256 ?\((.+)\) ?= *([0-9a-f]{64}) *\r?$/gim);
  return new Map([...lines].map(([, name = "", digest = ""]) => [name, digest.toLowerCase()]));
}

/** A file in an archive; the next one comes when it was read. */
interface Entry {
  name: string;
  size: number;
  content: Readable;
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw unusable(file, "it is no file", "name an OVA");
  const archive = createReadStream(file);
  const entries = archive.pipe(extract());
  archive.on("error", (error) => entries.destroy(error));
  try {
    for await (const each of entries) {
      const { name, size = 0 } = each.header;
      yield { name, size, content: Readable.from(each, { objectMode: false }) };
    }
  } finally {
    archive.destroy();
  }
}

function bad(file: string, fact: string) {
  return unusable(file, fact, "build it with `groundwork image build --format ova`, or copy it again");
}
