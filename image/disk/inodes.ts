import type { Run } from "../build/artifact";
import { BUILD_EPOCH } from "../machine/epoch";

/**
 * mke2fs gives an inode the times at which the tree's files were made and last read. Those differ at each build; the time of the
 * content is the file's own and stays.
 */
export async function mendTimes(disk: string, offset: number, run: Run): Promise<void> {
  const image = `${disk}?offset=${offset}`;
  const inodes = await usedInodes(image, run);
  const lines = inodes.flatMap((inode) =>
    ["atime", "ctime", "crtime"].map((field) => `set_inode_field <${inode}> ${field} @${BUILD_EPOCH}\n`),
  );
  const env = { ...process.env, E2FSPROGS_FAKE_TIME: String(BUILD_EPOCH) };
  await run("debugfs", ["-w", "-f", "-", image], { input: lines.join(""), env });
}

/** Those of files and folders: mke2fs takes them one after another. */
async function usedInodes(image: string, run: Run): Promise<number[]> {
  const head = await run("dumpe2fs", ["-h", image]);
  const count = (what: string) => Number(new RegExp(`^${what}:\\s+(\\d+)`, "m").exec(head)?.[1]);
  const used = count("Inode count") - count("Free inodes");
  return Array.from({ length: used }, (_, i) => i + 1).filter((inode) => inode === 2 || inode > 10);
}
