import { gunzipSync } from "node:zlib";
import type { ConfiguredFile } from "../site/facts/configuration";

const block = 512;
const largest = 64 * 1024 * 1024;

/** The files of a tar, zipped, in base64, as a machine gets it under `files/`; none if the text is something else. */
export function filesIn(base64: string): ConfiguredFile[] {
  // What gzip starts with, in base64.
  if (!base64.startsWith("H4sI")) return [];
  try {
    return filesOfTar(gunzipSync(Buffer.from(base64, "base64"), { maxOutputLength: largest }));
  } catch {
    return [];
  }
}

function filesOfTar(tar: Buffer): ConfiguredFile[] {
  const files: ConfiguredFile[] = [];
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const field = (start: number, length: number) =>
      tar.toString("latin1", at + start, at + start + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const name = field(345, 155) === "" ? field(0, 100) : `${field(345, 155)}/${field(0, 100)}`;
    const mode = Number.parseInt(field(100, 8), 8) || 0;
    if (name.startsWith("files/"))
      files.push({ path: name.slice("files".length), mode, text: tar.toString("utf8", at + block, at + block + size) });
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}
