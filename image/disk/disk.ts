import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Artifact, Run } from "../build/artifact";
import { machineBase, type OperatingSystem } from "../machine/base";
import { BUILD_EPOCH } from "../machine/epoch";
import { machineRoot } from "../machine/root";
import { bom } from "../output/bom";
import type { Release } from "../programs/release";
import { biosBoot, biosModules, findRoot } from "./boot";
import { mendTimes } from "./inodes";
import { type DiskLayout, diskLayout, partitionTable, SECTOR } from "./layout";
import { partsOf } from "./parts";
import { sizesOf } from "./sizes";
import { efiFiles, layTree, settleTimes, writeDiskFiles } from "./tree";

/** What GRUB of every supported release of Debian can read, whatever this computer's mke2fs has as its defaults. */
const fileSystem = `[defaults]
base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
default_mntopts = acl,user_xattr
blocksize = 4096
inode_size = 256
inode_ratio = 16384
[fs_types]
ext4 = {
  features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
}
`;

/**
 * A disk that boots on BIOS and UEFI; in `disk.raw`, with holes. Beside it what is in it: `bom.cdx.json`, which the disk has too, and
 * `contents.json`, in MiB.
 */
export function machineDisk(system: OperatingSystem, release: Release): Artifact {
  const inputs = [
    ...[machineBase(system), machineRoot(release)].flatMap((artifact) => artifact.inputs),
    ...["image/disk", "image/output/bom.ts"],
  ];
  const version = `${release.kubernetes.version}-${system.name}`;
  return {
    name: "machine-disk",
    version,
    title: `the disk of ${system.name} with Kubernetes ${release.kubernetes.version}`,
    expected: "about 1 min",
    inputs,
    build: async (dir, run) => {
      const root = join(dir, "root");
      await layTree(root, system, release, run);
      const content = Number((await run("du", ["-s", "--block-size=1", root])).split("\t")[0]);
      const layout = diskLayout(content, version);
      await writeDiskFiles(root, system, layout);
      const name = `groundwork-node-${version}`;
      const text = bom(
        { type: "operating-system", name, version, id: layout.id },
        await partsOf(root, system, release, run),
      );
      await mkdir(join(root, "usr/share/groundwork"), { recursive: true });
      await writeFile(join(root, "usr/share/groundwork/bom.cdx.json"), text);
      await writeFile(join(dir, "bom.cdx.json"), text);
      await writeFile(join(dir, "contents.json"), JSON.stringify(await sizesOf(root, run)));
      await settleTimes(root, run);
      await writeDisk(join(dir, "disk.raw"), root, layout, run);
      await rm(root, { recursive: true });
    },
  };
}

/** Writes the whole disk. Everything is done on the file itself: no loop device, and nothing is mounted. */
async function writeDisk(disk: string, root: string, layout: DiskLayout, run: Run): Promise<void> {
  const file = await open(disk, "wx");
  try {
    await file.truncate(layout.bytes);
    await run("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", disk], { input: partitionTable(layout) });
    const made = await bootLoader(root, layout, run);
    await file.write(made.code, 0, made.code.length, 0);
    await file.write(made.core, 0, made.core.length, layout.bios.start * SECTOR);
  } finally {
    await file.close();
  }
  await writeEsp(disk, root, layout, run);
  await writeRoot(disk, root, layout, run);
}

async function bootLoader(root: string, layout: DiskLayout, run: Run): Promise<{ code: Buffer; core: Buffer }> {
  const grub = join(root, "usr/lib/grub/i386-pc");
  const work = join(root, "..");
  const [configuration, image] = [join(work, "find-root.cfg"), join(work, "core.img")];
  await writeFile(configuration, findRoot(layout.rootUuid));
  // GRUB's own tool out of the tree: the one that its modules came with.
  const places = ["--directory", grub, "--prefix", "/boot/grub", "--config", configuration, "--output", image];
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  const mkimage = ["--library-path", libraries, join(root, "usr/bin/grub-mkimage")];
  await run(loader, [...mkimage, "--format", "i386-pc", ...places, ...biosModules]);
  const made = biosBoot(await readFile(join(grub, "boot.img")), await readFile(image), layout.bios);
  await Promise.all([configuration, image].map((file) => rm(file)));
  return made;
}

async function writeEsp(disk: string, root: string, { esp, espVolume, rootUuid }: DiskLayout, run: Run): Promise<void> {
  const offset = esp.start * SECTOR;
  const kib = (esp.sectors * SECTOR) / 1024;
  const flags = ["--invariant", "--offset", String(esp.start), "-F", "16", "-n", "ESP", "-i", espVolume];
  await run("mkfs.vfat", [...flags, disk, String(kib)]);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(BUILD_EPOCH), TZ: "UTC", MTOOLS_SKIP_CHECK: "1" };
  const work = join(root, "../esp");
  const folders = new Set<string>();
  for (const [path, content] of Object.entries(await efiFiles(root, rootUuid))) {
    const parents = dirname(path).split("/");
    for (const [i] of parents.entries()) {
      const folder = parents.slice(0, i + 1).join("/");
      if (!folders.has(folder)) await run("mmd", ["-i", `${disk}@@${offset}`, `::${folder}`], { env });
      folders.add(folder);
    }
    await mkdir(work, { recursive: true });
    await writeFile(join(work, basename(path)), content);
    await run("mcopy", ["-i", `${disk}@@${offset}`, join(work, basename(path)), `::${path}`], { env });
  }
  await rm(work, { recursive: true });
}

async function writeRoot(
  disk: string,
  root: string,
  { root: partition, rootUuid }: DiskLayout,
  run: Run,
): Promise<void> {
  const configuration = join(root, "../mke2fs.conf");
  await writeFile(configuration, fileSystem);
  const time = String(BUILD_EPOCH);
  const env = { ...process.env, MKE2FS_CONFIG: configuration, E2FSPROGS_FAKE_TIME: time, SOURCE_DATE_EPOCH: time };
  const extended = `offset=${partition.start * SECTOR},hash_seed=${rootUuid},root_owner=0:0,lazy_itable_init=1`;
  const kib = `${(partition.sectors * SECTOR) / 1024}k`;
  const flags = ["-q", "-F", "-t", "ext4", "-L", "root", "-U", rootUuid, "-E", extended, "-d", root];
  await run("mke2fs", [...flags, disk, kib], { env });
  await mendTimes(disk, partition.start * SECTOR, run);
  await rm(configuration);
}
