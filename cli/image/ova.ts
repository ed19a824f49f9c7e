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
  /** SHA-256 of each file in it. */
  digests: ReadonlyMap<string, string>;
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
    throw readingProblem(file, error as NodeJS.ErrnoException) ?? error;
  }
  if (texts.ovf === "") throw bad(file, "it has no descriptor");
  const said = manifestOf(texts.mf);
  for (const [name, digest] of digests) {
    if (!said.has(name)) throw bad(file, `its manifest has no SHA-256 of ${name}`);
    if (said.get(name) !== digest) throw bad(file, `${name} in it is not what its manifest says`);
  }
  for (const name of said.keys()) if (!digests.has(name)) throw bad(file, `it lacks ${name}`);
  return { file, descriptor: texts.ovf, sizes, digests };
}

/**
 * Hands over one of the files in it, and compares it once more: an image may be written anew while it is read.
 *
 * @returns whether it is there
 * @throws UnusableInput if its bytes are not those that were compared
 */
export async function withFile(
  { file, digests }: Ova,
  name: string,
  use: (content: Readable) => Promise<void>,
): Promise<boolean> {
  for await (const { name: found, content } of entriesOf(file)) {
    if (found !== name) {
      content.resume();
      continue;
    }
    const hash = createHash("sha256");
    let failed: Error | undefined;
    const seen = async function* () {
      try {
        for await (const chunk of content as AsyncIterable<Buffer>) {
          hash.update(chunk);
          yield chunk;
        }
      } catch (error) {
        failed = readingProblem(file, error as NodeJS.ErrnoException);
        throw error;
      }
    };
    await use(Readable.from(seen(), { objectMode: false })).catch((error) => {
      // Who writes it on says that nothing more can be written.
      throw failed ?? error;
    });
    if (hash.digest("hex") !== digests.get(name)) throw bad(file, `${name} in it has changed since it was compared`);
    return true;
  }
  return false;
}

/** What it means that an archive cannot be read; nothing for what nobody expects. */
function readingProblem(file: string, { code, message }: NodeJS.ErrnoException) {
  if (/Unexpected end of data|Invalid tar header/.test(message)) return bad(file, "it is cut off, or no OVA");
  if (code === "EACCES") return unusable(file, "it may not be read", "run this as somebody who may");
  if (code === "EIO") return unusable(file, "its disk cannot be read", "copy it again, to another disk");
  return undefined;
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
