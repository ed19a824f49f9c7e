import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One function of a shell program, as it is installed. */
export function functionOf(program: string, name: string): string {
  const found = new RegExp(`^${name}\\(\\) \\{\\n.*?^\\}$`, "ms").exec(program);
  if (!found) throw new Error(`${name}: no such function`);
  return found[0];
}

/** Runs a program as machines do: what it said, and how it ended. */
export function run(program: string): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-waiting-"));
  writeFileSync(join(folder, "identity"), "one");
  writeFileSync(join(folder, "apply"), program);
  const child = spawn("bash", [join(folder, "apply")], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ code, output });
    });
  });
}
