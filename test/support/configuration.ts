import { gzipSync } from "node:zlib";
import type { SitePlan } from "../../site/plan/model";
import { type Content, fill, type SecretRef } from "../../site/render/content";
import { applyScript, machineFiles } from "../../site/render/machine";

/** What is done to one file of a machine before it is sent. */
export interface FileChange {
  path: string;
  edit?: (text: string) => string;
  mode?: number;
  /** The text of a file that the plan does not have. */
  add?: string;
}

const placeholder = (ref: SecretRef) => {
  if (ref.startsWith("encryption-key/")) return Buffer.alloc(32).toString("base64");
  return /^(openssh-)?key\//.test(ref)
    ? `-----BEGIN PRIVATE KEY-----\n${ref}\n-----END PRIVATE KEY-----\n`
    : `${ref}\n`;
};
const filled = (content: Content) => fill(content, placeholder);

/** The archive that a machine of a plan gets, with placeholders for keys, as its command gets it on standard input. */
export function archived(plan: SitePlan, name: string, change?: FileChange): string {
  const machine = plan.machines.find((m) => m.name === name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  const files = machineFiles(plan, machine).map(({ path, mode, content }) => {
    const changed = change?.path === path ? change : undefined;
    const text = filled(content);
    const edited = changed?.edit?.(text) ?? text;
    if (changed?.edit && edited === text) throw new Error(`${path}: nothing to change`);
    return { path, mode: changed?.mode ?? mode, text: edited };
  });
  if (change?.add !== undefined) files.push({ path: change.path, mode: 0o600, text: change.add });
  const entries = [
    { path: "apply", mode: 0o700, text: applyScript(plan, machine) },
    ...files.map((file) => ({ ...file, path: `files${file.path}` })),
  ];
  return gzipSync(Buffer.concat([...entries.flatMap(entry), Buffer.alloc(1024)])).toString("base64");
}

/** A tar's header and content. */
function entry({ path, mode, text }: { path: string; mode: number; text: string }): Buffer[] {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(path.slice(0, 100), 0);
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("ustar\0", 257);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
