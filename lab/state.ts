import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where all labs keep what they know: `$GROUNDWORK_STATE` or the XDG state folder. */
export function stateRoot(): string {
  return (
    process.env.GROUNDWORK_STATE ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state"), "groundwork")
  );
}

/** What one lab must remember between runs; kept in `lab.json`, mode 0600. */
export interface LabState {
  name: string;
  /** N of 10.42.N.0/24. */
  subnet: number;
  /** Passphrase of the Pulumi state. */
  passphrase: string;
}

export function labFolder(name: string): string {
  return join(stateRoot(), "labs", name);
}

export function readLabState(name: string): LabState | undefined {
  const file = join(labFolder(name), "lab.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LabState) : undefined;
}

/** Every lab this user has, with its subnet. */
export function knownLabs(): LabState[] {
  const folder = join(stateRoot(), "labs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => readLabState(name) ?? []);
}

/** Reads a lab's state or makes it, once. */
export function ensureLabState(name: string, chooseSubnet: () => number): LabState {
  const known = readLabState(name);
  if (known) return known;
  const folder = labFolder(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const state: LabState = { name, subnet: chooseSubnet(), passphrase: randomBytes(24).toString("base64url") };
  const file = join(folder, "lab.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return state;
}
