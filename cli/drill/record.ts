import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DRILL_NAMESPACE, type DrillRecord } from "../../site/life/drill";
import { privateFolder } from "../process/privateFolder";
import { program } from "../process/program";

/**
 * Writes a drill's record, and beside it its signature as `ssh-keygen -Y sign` makes it.
 *
 * @param privateKey the login on the site's machines, which is in the stack's encrypted state
 */
export async function writeRecord(file: string, record: DrillRecord, privateKey: string): Promise<void> {
  const { path: folder, close } = privateFolder();
  try {
    const [key, text] = [join(folder, "key"), join(folder, "record.json")];
    writeFileSync(key, `${privateKey.trim()}\n`, { mode: 0o600 });
    writeFileSync(text, `${JSON.stringify(record, null, 2)}\n`);
    const { code, stderr } = await program("ssh-keygen", ["-Y", "sign", "-n", DRILL_NAMESPACE, "-f", key, text]);
    if (code !== 0)
      throw new Error(`${file}: ssh-keygen does not sign it: ${stderr.trim()}; mend that and drill again`);
    mkdirSync(dirname(file), { recursive: true });
    for (const suffix of ["", ".sig"]) {
      writeFileSync(`${file}${suffix}.new`, readFileSync(`${text}${suffix}`));
      renameSync(`${file}${suffix}.new`, `${file}${suffix}`);
    }
  } finally {
    close();
  }
}
