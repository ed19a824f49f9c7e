import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** How a program ended. */
export interface Ended {
  /** Its exit code; 128 and the signal's number if one ended it, as shells say it. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  /** The folder to run in; by default ours. */
  cwd?: string;
  /** The whole environment, whose PATH decides what runs; by default ours. */
  env?: NodeJS.ProcessEnv;
  /** What it reads on standard input; by default nothing. */
  input?: string | Readable;
  /** Sees each line of both streams as it comes. */
  onLine?: (line: string) => void;
  /** Interrupts it, as Ctrl-C does. */
  signal?: AbortSignal;
  /** Kills it, with all that it started, after so many ms; by default never. */
  most?: number;
  /** What to do where there is no such program. */
  absent?: string;
}

/**
 * Runs a program and returns however it ended. Everything that this project's commands start, they start here.
 *
 * @throws if it cannot be started, or its input cannot be read
 */
export function program(command: string, args: string[], options: ProgramOptions = {}): Promise<Ended> {
  const { cwd, env, input = "", onLine, signal, most, absent = "install OpenSSH's client" } = options;
  return new Promise((resolve, reject) => {
    // A group of its own ends together.
    const isGroup = most !== undefined;
    const child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"], detached: isGroup });
    let [stdout, stderr] = ["", ""];
    const end = (how: NodeJS.Signals) => {
      if (!isGroup || child.pid === undefined) return void child.kill(how);
      try {
        process.kill(-child.pid, how);
      } catch {
        // All of it has just ended.
      }
    };
    const interrupt = () => end("SIGINT");
    const late = isGroup ? setTimeout(() => end("SIGKILL"), most) : undefined;
    if (signal?.aborted) interrupt();
    signal?.addEventListener("abort", interrupt, { once: true });
    // A character may lie across two chunks.
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    if (onLine)
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      if (error.code !== "ENOENT") reject(error);
      else if (cwd !== undefined && !existsSync(cwd)) reject(new Error(`${cwd}: there is no such folder`));
      else reject(new Error(`${command}: not found on PATH; ${absent}`));
    });
    child.on("close", (code, ending) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", interrupt);
      resolve({ code: code ?? 128 + (ending ? constants.signals[ending] : 0), stdout, stderr });
    });
    child.stdin.on("error", () => {}); // it may end without having read its input; its exit code tells
    const source = typeof input === "string" ? Readable.from([input]) : input;
    source.on("error", (error) => {
      child.kill();
      reject(error);
    });
    source.pipe(child.stdin);
  });
}
