import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";
import { unusable } from "../../site/description/unusableInput";
import { type Contents, type Descriptor, readIndex } from "./contents";
import { LAYOUT_FILE, type Layout, reachable, referred, refers } from "./layout";

const BLOB = /^blobs\/sha256\/([0-9a-f]{64})$/;
/** More has no text that is read as a whole. */
const TEXT_LIMIT = 4 * 2 ** 20;

/** The head of a bundle: what is signed, and the signature. */
export interface Head {
  index: string;
  signature?: string;
}

/** Writes a layout's blobs, those that the contents refer to and no others, as one file behind the head. */
export async function writeArchive(
  file: string,
  layout: Layout,
  { index, signature }: Head,
  parts: readonly Descriptor[],
  say: (line: string) => void,
): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(file));
  const text = (name: string, content: string) =>
    new Promise<void>((resolve, reject) => {
      archive.entry({ ...entry, name }, content, (error) => (error ? reject(error) : resolve()));
    });
  const fill = async () => {
    await text("oci-layout", LAYOUT_FILE);
    await text("index.json", index);
    if (signature !== undefined) await text("index.json.sig", signature);
    for (const { digest, size } of reachable(layout, parts)) {
      say(`${digest}, ${Math.ceil(size / 2 ** 20)} MiB`);
      const name = `blobs/sha256/${digest.slice("sha256:".length)}`;
      await pipeline(createReadStream(layout.path(digest)), archive.entry({ ...entry, name, size }));
    }
    archive.finalize();
  };
  try {
    await Promise.all([written, fill()]);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

const entry = { mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 };

/** A blob by its digest. */
type Blob = Pick<Descriptor, "digest" | "size">;

/** What is done with a bundle while it is read. */
export interface Reader {
  /** Gets the head before any blob; what it throws ends the reading. */
  begin(contents: Contents, head: Head): Promise<void>;
  /** Where a blob's bytes go: undefined if they are only looked at. Called before the digest is known to fit. */
  open?(blob: Blob): Promise<FileHandle | undefined>;
  /** A blob whose bytes have its digest. */
  done?(blob: Blob): void;
}

/**
 * Reads a bundle from its beginning to its end. Every byte is compared with its digest, and every digest that the head leads to is found.
 *
 * @throws UnusableInput for a file that is no whole bundle
 */
export async function readArchive(file: string, reader: Reader): Promise<Contents> {
  const head: Partial<Head> = {};
  let contents: Contents | undefined;
  const seen = new Map<string, number>();
  const texts = new Map<string, string>();
  const entries = createReadStream(file).pipe(extract());
  try {
    for await (const each of entries) {
      const { name, size = 0, type } = each.header;
      const digest = BLOB.exec(name)?.[1];
      if (type !== "file") throw bad(file, `${name.slice(0, 80)} in it is no file`);
      if (digest === undefined) {
        if (contents !== undefined || size > TEXT_LIMIT) throw bad(file, `${name.slice(0, 80)} does not belong in it`);
        const content = await textOf(each as AsyncIterable<Buffer>);
        if (name === "index.json") head.index = content;
        else if (name === "index.json.sig") head.signature = content;
        else if (name !== "oci-layout") throw bad(file, `${name.slice(0, 80)} does not belong in it`);
        continue;
      }
      if (contents === undefined) {
        contents = head.index === undefined ? undefined : readIndex(head.index);
        if (contents === undefined || head.index === undefined)
          throw bad(file, "it does not begin as a bundle of this version does");
        await reader.begin(contents, head as Head);
      }
      const blob = { digest: `sha256:${digest}`, size };
      const text = await readBlob(file, blob, each as AsyncIterable<Buffer>, await reader.open?.(blob));
      reader.done?.(blob);
      seen.set(blob.digest, size);
      if (text.startsWith("{")) texts.set(blob.digest, text);
    }
  } catch (error) {
    if (/Unexpected end of data|Invalid tar header/.test((error as Error).message ?? ""))
      throw bad(file, "it is cut off, or no bundle");
    throw error;
  }
  if (contents === undefined) throw bad(file, "it does not begin as a bundle of this version does");
  complete(file, contents, seen, texts);
  return contents;
}

/** Compares a blob's bytes with its digest. Resolves to its text, where it is a small one. */
async function readBlob(
  file: string,
  { digest, size }: Blob,
  bytes: AsyncIterable<Buffer>,
  target: FileHandle | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      if (size <= TEXT_LIMIT) kept.push(chunk);
      await target?.writeFile(chunk);
    }
    // What has its name later is whole, though power is lost.
    await target?.datasync();
  } finally {
    await target?.close();
  }
  if (`sha256:${hash.digest("hex")}` !== digest) throw bad(file, `the bytes of ${digest} in it are others`);
  return Buffer.concat(kept).toString("utf8");
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Everything that is referred to is there, and nothing else. */
function complete(file: string, { parts }: Contents, seen: Map<string, number>, texts: Map<string, string>): void {
  const wanted = new Set<string>();
  const follow = (descriptor: Descriptor): void => {
    if (wanted.has(descriptor.digest)) return;
    wanted.add(descriptor.digest);
    if (seen.get(descriptor.digest) !== descriptor.size) throw bad(file, `${descriptor.digest} is missing in it`);
    if (refers(descriptor)) for (const each of referred(texts.get(descriptor.digest) ?? "{}")) follow(each);
  };
  for (const { descriptor } of parts) follow(descriptor);
  const foreign = [...seen.keys()].find((digest) => !wanted.has(digest));
  if (foreign !== undefined) throw bad(file, `nothing in it refers to ${foreign}`);
}

function bad(file: string, fact: string) {
  return unusable(file, fact, "get it again, or make another one with `groundwork bundle create`");
}
