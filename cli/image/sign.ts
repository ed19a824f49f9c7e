import { basename } from "node:path";
import { sha256Of } from "../../image/output/digest";
import { writeWhole } from "../output/file";
import { signatureOf } from "../process/signature";

/** What a signature of an image is for; `ssh-keygen -Y verify` asks for it. */
export const IMAGE_NAMESPACE = "groundwork-image";

/**
 * Writes the digests of files that lie in one folder, as `sha256sum --check` reads them, and with a key their signature beside them.
 *
 * @param key the owner's private SSH key, or the public half of one that an agent holds
 * @throws UnusableInput if ssh-keygen does not sign with that key
 */
export async function writeDigests(list: string, files: string[], key?: string): Promise<void> {
  const lines = await Promise.all(files.map(async (file) => `${await sha256Of(file)}  ${basename(file)}\n`));
  writeWhole(list, lines.join(""));
  if (key === undefined) return;
  writeWhole(`${list}.sig`, await signatureOf(lines.join(""), IMAGE_NAMESPACE, key));
}
