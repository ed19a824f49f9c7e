import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A finished file of a machine. */
export interface ArchiveFile {
  /** Absolute path on the machine. */
  path: string;
  mode: number;
  /** `user:group`. */
  owner: string;
  content: string;
}

/**
 * A machine's configuration as one compressed tar: `apply`, what the machine is known by, when the newest of its certificates was issued,
 * and under `files/` what it installs. The same files give the same bytes, so that a machine is touched only when something changed.
 */
export async function archive(
  files: readonly ArchiveFile[],
  { apply, identity, issued }: { apply: string; identity: string; issued?: string },
): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  const read = (async () => {
    for await (const chunk of tar) {
      chunks.push(chunk as Buffer);
    }
  })();
  const add = (name: string, mode: number, owner: string, content: string) => {
    const [uname, gname] = owner.split(":");
    tar.entry({ name, mode, uname, gname, uid: 0, gid: 0, mtime: new Date(0), type: "file" }, content);
  };
  add("apply", 0o700, "root:root", apply);
  add("identity", 0o600, "root:root", `${identity}\n`);
  if (issued !== undefined) add("issued", 0o600, "root:root", `${issued}\n`);
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    add(`files${file.path}`, file.mode, file.owner, file.content);
  }
  tar.finalize();
  await read;
  return gzipSync(Buffer.concat(chunks), { level: 9 });
}
