import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A finished file. */
export interface ArchiveFile {
  /** Absolute path on the machine, or the name in the archive. */
  path: string;
  mode: number;
  /** `user:group`. */
  owner: string;
  content: string;
}

/**
 * A machine's configuration as one compressed tar: `apply`, what the machine is known by, when the newest of its certificates was issued,
 * and under `files/` what it installs.
 */
export async function archive(
  files: readonly ArchiveFile[],
  { apply, identity, issued }: { apply: string; identity: string; issued?: string },
): Promise<Buffer> {
  const own = (path: string, mode: number, content: string) => ({ path, mode, owner: "root:root", content });
  return tarball([
    own("apply", 0o700, apply),
    own("identity", 0o600, `${identity}\n`),
    ...(issued === undefined ? [] : [own("issued", 0o600, `${issued}\n`)]),
    ...[...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => ({ ...file, path: `files${file.path}` })),
  ]);
}

/** A compressed tar. The same files give the same bytes, so that a machine is touched only when something changed. */
export async function tarball(files: readonly ArchiveFile[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  const read = (async () => {
    for await (const chunk of tar) {
      chunks.push(chunk as Buffer);
    }
  })();
  for (const { path: name, mode, owner, content } of files) {
    const [uname, gname] = owner.split(":");
    tar.entry({ name, mode, uname, gname, uid: 0, gid: 0, mtime: new Date(0), type: "file" }, content);
  }
  tar.finalize();
  await read;
  return gzipSync(Buffer.concat(chunks), { level: 9 });
}
