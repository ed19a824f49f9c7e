import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unusable } from "../../site/description/unusableInput";
import { privateFolder } from "./privateFolder";
import { program } from "./program";

/**
 * The signature of a text by an SSH key, as `ssh-keygen -Y sign` makes it.
 *
 * @param key the owner's private SSH key, or the public half of one that an agent holds
 * @throws if ssh-keygen does not sign with that key
 */
export async function signatureOf(text: string, namespace: string, key: string): Promise<string> {
  const { code, stdout, stderr } = await program("ssh-keygen", ["-Y", "sign", "-n", namespace, "-f", key], {
    input: text,
  });
  if (code !== 0) throw new Error(`--key ${key}: ssh-keygen does not sign with it: ${stderr.trim()}; name another one`);
  return stdout;
}

/**
 * Who signed a text, by a list of those who may (`allowed signers` of ssh-keygen: `NAME ssh-ed25519 …` on each line).
 *
 * @throws UnusableInput if nobody of the list did
 */
export async function signerOf(
  text: string,
  signature: string,
  { namespace, signers, of }: { namespace: string; signers: string; of: string },
): Promise<string> {
  const { path, close } = privateFolder();
  try {
    const file = join(path, "signature");
    writeFileSync(file, signature);
    const found = await program("ssh-keygen", ["-Y", "find-principals", "-s", file, "-f", signers]);
    const who = found.stdout.split("\n")[0]?.trim() ?? "";
    if (found.code !== 0 || who === "")
      throw unusable(of, `nobody in ${signers} signed it`, "get one that they signed, or correct the list");
    const args = ["-Y", "verify", "-f", signers, "-I", who, "-n", namespace, "-s", file];
    const { code } = await program("ssh-keygen", args, { input: text });
    if (code !== 0)
      throw unusable(of, `its signature does not fit what is in it`, "get it again from where it was made");
    return who;
  } finally {
    close();
  }
}
