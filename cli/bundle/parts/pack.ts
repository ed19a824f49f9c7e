import type { Run } from "../../../image/build/run";

export const PACKED = "application/vnd.oci.image.layer.v1.tar+zstd";

const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u+rwX,go+rX,go-w"];
const noTimes = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";

/** Packs files of a folder, each by its path in it, so that the same files make the same bytes. */
export async function packed(folder: string, paths: readonly string[], to: string, run: Run): Promise<void> {
  const args = [...same, "--format=pax", noTimes, "--use-compress-program=zstd -3 -T1", "-C", folder, "-cf", to];
  await run("tar", [...args, "--null", "--files-from=-"], { input: paths.map((path) => `./${path}\0`).join("") });
}

/** Unpacks what was packed; nothing outside of the folder is written. */
export async function unpacked(file: string, folder: string, run: Run): Promise<void> {
  await run("tar", ["--use-compress-program=zstd -d", "--no-same-owner", "-C", folder, "-xf", file]);
}
