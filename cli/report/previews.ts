import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noPreview, type Preview } from "./preview";
import type { Project } from "./project";

/** What a worker is asked: one preview. */
export interface Ask {
  project: Project;
  stack: string;
  policyPack: string;
  policyConfig?: string;
  refresh: boolean;
}

export interface Answer {
  preview: Preview;
  /** Files of the modules that the program loaded; none if it ran elsewhere. */
  modules?: string[];
  /** The worker ends. */
  isLast?: boolean;
}

/**
 * Previews of several stacks side by side, at most `parallel` at a time, in the order of the questions. Each worker is a
 * process of its own: what a program does to it is told of that stack, and touches no other.
 */
export async function previews(asks: readonly Ask[], parallel: number, log: (text: string) => void): Promise<Answer[]> {
  const answers: Answer[] = [];
  // The engine's log of events holds more than the report may tell. Nobody else reads it, and it does not outlive this.
  const folder = mkdtempSync(join(tmpdir(), "groundwork-report-"));
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(log, folder);
    try {
      for (let i = next++; i < asks.length; i = next++) answers[i] = await worker.ask(asks[i] as Ask);
    } finally {
      worker.end();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, asks.length) }, work));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return answers;
}

class Worker {
  private child: ChildProcess | undefined;

  constructor(
    private readonly log: (text: string) => void,
    private readonly folder: string,
  ) {}

  ask(question: Ask): Promise<Answer> {
    this.child ??= this.start(question.project.folder);
    const { child } = this;
    return new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        this.child = undefined;
        const how = signal ? `was ended by ${signal}` : `ended by itself with exit code ${code}`;
        resolve({ preview: noPreview(question.stack, `the program's process ${how} in the middle of the preview`) });
      };
      child.once("exit", ended);
      child.once("message", (answer: Answer) => {
        child.off("exit", ended);
        if (answer.isLast) this.child = undefined;
        resolve(answer);
      });
      child.send(question);
    });
  }

  end(): void {
    this.child?.disconnect();
  }

  /** In the project's folder, where a program expects to be. */
  private start(cwd: string): ChildProcess {
    const child = fork(join(__dirname, "previewWorker.ts"), {
      cwd,
      env: { ...process.env, TMPDIR: this.folder },
      execArgv: [join(__dirname, "../../sdks/pulumi/deferred.cjs"), require.resolve("tsx/cjs")].flatMap((module) => [
        "--require",
        module,
      ]),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => this.log(chunk.toString()));
    return child;
  }
}
