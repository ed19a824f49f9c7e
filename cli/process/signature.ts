import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../site/description/problem";
import { unusable } from "../../site/description/unusableInput";
import { privateFolder } from "./privateFolder";
import { program } from "./program";

/**
 * What can be told of a key before it signs at the end of a long run: that it is not there, is none, or that ssh-keygen takes none that others may read.
 * A passphrase is asked for when it signs.
 *
 * @param key the owner's private SSH key, or the public half of one that an agent holds
 */
export async function keyProblems(key: string): Promise<Problem[]> {
  const problem = (fact: string, fix: string) => [{ path: "--key", fact, fix }];
  if (!existsSync(key) || !statSync(key).isFile())
    return problem(`there is no file ${key}`, "make one with `ssh-keygen -t ed25519`, or correct its name");
  if ((await program("ssh-keygen", ["-l", "-f", key])).code !== 0)
    return problem(`${key} is no SSH key`, "name one: `ssh-keygen -t ed25519` makes it");
  const { mode, uid } = statSync(key);
  const isPrivate = readFileSync(key, "latin1").includes("PRIVATE KEY");
  if (isPrivate && uid === process.getuid?.() && (mode & 0o077) !== 0)
    return problem(`others may read ${key}, and ssh-keygen signs with no such key`, `chmod 600 ${key}`);
  return [];
}

/**
 * The signature of a text by an SSH key, as `ssh-keygen -Y sign` makes it.
 *
 * @param key the owner's private SSH key, or the public half of one that an agent holds
 * @throws UnusableInput if ssh-keygen does not sign with that key
 */
export async function signatureOf(text: string, namespace: string, key: string): Promise<string> {
  const { code, stdout, stderr } = await program("ssh-keygen", ["-Y", "sign", "-n", namespace, "-f", key], {
    input: text,
  });
  if (code === 0) return stdout;
  const said = (stderr.trim().split("\n").at(-1) ?? "").replace(/^Enter passphrase: ?|[.\r]+$/g, "");
  throw unusable("--key", `ssh-keygen does not sign with ${key}: ${said}`, "name another one, or unlock it first");
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
    const { code, stdout, stderr } = await program("ssh-keygen", args, { input: text });
    if (/not permitted for use in signature namespace/.test(stdout + stderr))
      throw unusable(of, `${who} of ${signers} may not sign that`, `leave out namespaces=… there, or add ${namespace}`);
    if (code !== 0)
      throw unusable(of, `its signature does not fit what is in it`, "get it again from where it was made");
    return who;
  } finally {
    close();
  }
}
