import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Receives the line that says best what a long step is doing right now. */
export type Progress = (line: string) => void;

/** Where and with what a command runs. */
export interface RunOptions {
  cwd?: string;
  /** The whole environment of the command; by default ours. */
  env?: NodeJS.ProcessEnv;
  input?: string | Buffer;
}

/** Runs a command and resolves to its standard output; rejects with the last lines it printed. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<string>;

const rememberedLines = 20;
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

/** A `Run` that passes every line a command prints on to `progress`. */
export function runner(progress?: Progress): Run {
  return (command, args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ["pipe", "pipe", "pipe"] });
      running.add(child);
      const output: Buffer[] = [];
      const lastLines: string[] = [];
      const follow = (stream: Readable): void => {
        createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
          const text = line.trimEnd();
          if (text === "") return;
          lastLines.push(text);
          if (lastLines.length > rememberedLines) lastLines.shift();
          progress?.(text.trimStart());
        });
      };
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      follow(child.stdout);
      follow(child.stderr);
      child.stdin.on("error", () => {}); // the command may end without having read its input
      child.stdin.end(options.input ?? "");
      child.on("error", (error: NodeJS.ErrnoException) => {
        running.delete(child);
        reject(
          error.code === "ENOENT" && !options.cwd
            ? new Error(`${command}: not found on PATH; install it`)
            : new Error(`${command}: could not be started: ${error.message}`),
        );
      });
      child.on("close", (code, signal) => {
        running.delete(child);
        if (code === 0) return resolve(Buffer.concat(output).toString());
        const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
        const shown = [command, ...args].join(" ").slice(0, 200);
        reject(new Error([`${shown} ${how}`, ...lastLines.map((line) => `  ${line}`)].join("\n")));
      });
    });
}
