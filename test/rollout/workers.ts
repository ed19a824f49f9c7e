import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface WorkerOptions {
  /** Of Temporal; left out: what its own settings say. */
  address?: string;
  /** Where its sites lie. */
  folder: string;
  /** A label with its value, `town=fulda`, at whose sites alone it works. */
  of?: string;
  env?: NodeJS.ProcessEnv;
}

/** A worker of simulated sites in a process of its own, once it takes work. @throws Error if it ends before that */
export async function workerOf({ address = "", folder, of, env }: WorkerOptions): Promise<ChildProcess> {
  const args = ["--import", "tsx", join(__dirname, "worker.ts"), address, folder, "300", ...(of ? [of] : [])];
  const worker = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  await new Promise<void>((resolve, reject) => {
    worker.stdout?.once("data", () => resolve());
    worker.once("exit", (code) => reject(new Error(`the worker ended with exit code ${code}`)));
  });
  return worker;
}
