import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { writeRecord } from "../../cli/drill/record";
import type { DrillRecord } from "../../site/life/drill";

// Not a folder of this file's own: every file of tests that reads it would take it from the next.
const base = mkdtempSync(join(inject("sharedFolder"), "drills-"));

/** A key pair that signs. */
export interface Signer {
  privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  publicKey: string;
}

export function newSigner(): Signer {
  const file = join(mkdtempSync(join(base, "key-")), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** The record of a drill that passed so many days ago. */
export function passedDrill(days: number): DrillRecord {
  const objects = { compared: 400, same: 390, rewritten: 10, later: 3, missing: [], different: [] };
  const backup = { name: "demo-20261121T101500Z", time: daysAgo(days) };
  const measured = { rpoSeconds: 1200, rtoSeconds: 130, afterMachinesSeconds: 90 };
  return { version: 1, site: "demo", stack: "test", time: daysAgo(days), passed: true, backup, ...measured, objects };
}

/** A folder with a record as a drill leaves it. */
export async function drillFolder(record: DrillRecord, signer: Signer): Promise<string> {
  const folder = mkdtempSync(join(base, "record-"));
  await writeRecord(join(folder, "test.json"), record, signer.privateKey);
  return folder;
}

/** The same at once, for what is made when a module is loaded. */
export function drillFolderNow(record: DrillRecord, signer: Signer): string {
  const folder = mkdtempSync(join(base, "record-"));
  const [file, key] = [join(folder, "test.json"), join(folder, "key")];
  writeFileSync(key, signer.privateKey, { mode: 0o600 });
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "groundwork-drill", "-f", key, file], { stdio: "pipe" });
  return folder;
}
