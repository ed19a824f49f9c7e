import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { UnusableInput } from "../../site/description/unusableInput";

/** The file that kubectl reads first: of KUBECONFIG, else in the home folder. */
export function kubeconfigFile(env: NodeJS.ProcessEnv): string {
  const [first] = (env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  return first ?? join(homedir(), ".kube", "config");
}

/**
 * Changes a kubeconfig file as kubectl does: under its lock, as a whole or not at all, readable by its owner alone.
 *
 * @returns whether it changed
 * @throws UnusableInput if another program is changing it
 */
export function changeFile(file: string, change: (text: string | undefined) => string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // A link stays one.
  const target = existsSync(file) ? realpathSync(file) : file;
  const lock = `${target}.lock`;
  locked(lock, file);
  try {
    const before = existsSync(target) ? readFileSync(target, "utf8") : undefined;
    const after = change(before);
    const isPrivate = before !== undefined && (statSync(target).mode & 0o077) === 0;
    if (after === before && isPrivate) return false;
    const made = `${target}.${process.pid}.new`;
    writeFileSync(made, after, { mode: 0o600 });
    chmodSync(made, 0o600);
    renameSync(made, target);
    return true;
  } finally {
    rmSync(lock);
  }
}

function locked(lock: string, file: string): void {
  try {
    closeSync(openSync(lock, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const fix = `wait for it; if nothing runs, remove ${lock}`;
    throw new UnusableInput([{ path: file, fact: "another program is changing it", fix }]);
  }
}
