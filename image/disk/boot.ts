import { SECTOR } from "./layout";

/** Both consoles, the one that people look at last: it gets what the boot says. */
const kernelArguments = "console=tty0 console=ttyS0,115200n8";

/** GRUB's modules that a BIOS boots with: the disk's table, its file system, and Linux. */
export const biosModules = [
  ...["biosdisk", "part_gpt", "ext2", "search", "search_fs_uuid", "configfile", "normal", "linux", "echo", "test"],
  ...["sleep", "terminal", "serial"],
];

/** How GRUB finds its configuration, from wherever it was started. */
export function findRoot(rootUuid: string): string {
  return `search.fs_uuid ${rootUuid} root\nset prefix=($root)/boot/grub\nconfigfile ($root)/boot/grub/grub.cfg\n`;
}

/** The newest kernel that is installed, by the links that Debian's packages keep. `update-grub` writes its own in its place. */
export function grubConfiguration(rootUuid: string): string {
  return `set timeout=1
set timeout_style=hidden
menuentry Debian {
  search.fs_uuid ${rootUuid} root
  linux /vmlinuz root=UUID=${rootUuid} ro ${kernelArguments}
  initrd /initrd.img
}
`;
}

/** The same for `update-grub`. */
export const grubDefaults = `GRUB_TIMEOUT=1\nGRUB_TIMEOUT_STYLE=hidden\nGRUB_CMDLINE_LINUX_DEFAULT="${kernelArguments}"\n`;

/** Where the first sector tells what to load: an LBA of 8 bytes; and the drive check that a hard disk goes without. */
const KERNEL_SECTOR = 0x5c;
const DRIVE_CHECK = 0x66;
/** The code's part of the first sector: after it come the disk's signature and the protective table. */
const CODE = 440;
/** Where the first sector of GRUB's core tells where the others are: LBA, sectors, segment. */
const BLOCK_LIST = SECTOR - 12;
const SEGMENT = 0x820;

/**
 * What grub-install would write for a BIOS: the code of the first sector, and GRUB's core for the boot partition.
 *
 * @param boot GRUB's boot.img
 * @param core what grub-mkimage made
 * @param partition where the core will lie, in sectors
 * @throws if the core does not fit
 */
export function biosBoot(
  boot: Buffer,
  core: Buffer,
  partition: { start: number; sectors: number },
): { code: Buffer; core: Buffer } {
  const sectors = Math.ceil(core.length / SECTOR);
  if (sectors > partition.sectors)
    throw new Error(`GRUB: its core has ${sectors} sectors, and its partition ${partition.sectors}; leave modules out`);
  const code = Buffer.from(boot.subarray(0, CODE));
  code.writeBigUInt64LE(BigInt(partition.start), KERNEL_SECTOR);
  code.writeUInt16LE(0x9090, DRIVE_CHECK);
  const embedded = Buffer.alloc(sectors * SECTOR);
  core.copy(embedded);
  embedded.writeBigUInt64LE(BigInt(partition.start + 1), BLOCK_LIST);
  embedded.writeUInt16LE(sectors - 1, BLOCK_LIST + 8);
  embedded.writeUInt16LE(SEGMENT, BLOCK_LIST + 10);
  return { code, core: embedded };
}
