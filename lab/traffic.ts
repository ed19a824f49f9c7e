import { readFileSync, statSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";

/** What clients of the API saw while something was done to a site. */
export interface TrafficReport {
  seconds: number;
  /** Writes that the API acknowledged. */
  acknowledged: number;
  perSecond: number;
  /** Milliseconds between two acknowledged writes, at most. */
  longestWriteGap: number;
  /** Milliseconds between two answered reads, at most. */
  longestReadGap: number;
  /** When each of the longest gaps began, seconds after the start. */
  gapsAt: { write: number; read: number };
  /** Names of objects whose creation was acknowledged and that are not there any more. */
  lost: string[];
  /** How often each problem was met; every one was followed by a further try. */
  problems: Record<string, number>;
}

interface Answer {
  status: number;
  body: string;
}

interface Access {
  server: string;
  ca: string;
  cert: string;
  key: string;
}

const namespace = "groundwork-traffic";
/** Milliseconds between two writes: ten a second, so that at least five are left when each takes its time. */
const pace = 100;
/** Milliseconds after which an answer is not waited for any longer. */
const patience = 2000;

/**
 * A writer and a reader that use the API through the address of its kubeconfig, as any client does: each on one connection that
 * is kept, and made anew after a failure or when the kubeconfig has changed. The writer makes one small object after another and remembers what was acknowledged.
 */
export class Traffic {
  private started = Date.now();
  private written: string[] = [];
  private problems: Record<string, number> = {};
  private gaps = { write: new Gap(this.started), read: new Gap(this.started) };
  private going = true;
  private readonly loops: Promise<void>[];

  private constructor(
    private writer: Client,
    private reader: Client,
  ) {
    this.loops = [this.write(), this.read()];
  }

  /** @throws Error if the API does not answer */
  static async start(kubeconfig: string): Promise<Traffic> {
    const writer = new Client(kubeconfig);
    await writer.ask("DELETE", `/api/v1/namespaces/${namespace}`);
    for (let tries = 0; ; tries++) {
      const { status, body } = await writer.ask("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
      if (status === 201) break;
      if (tries === 60) throw new Error(`namespace ${namespace}: ${status} ${body}`);
      await sleep(500);
    }
    return new Traffic(writer, new Client(kubeconfig));
  }

  /** Writes that were acknowledged since the start or the last lap. */
  get acknowledged(): number {
    return this.written.length;
  }

  /** What clients have seen since the start or the last lap; they go on, and a new lap begins. */
  async lap(): Promise<TrafficReport> {
    const report = await this.report();
    this.started = Date.now();
    this.written = [];
    this.problems = {};
    this.gaps = { write: new Gap(this.started), read: new Gap(this.started) };
    return report;
  }

  /** Ends both, looks for everything that was acknowledged, and cleans up. */
  async stop(): Promise<TrafficReport> {
    this.going = false;
    await Promise.all(this.loops);
    const report = await this.report();
    await this.writer.ask("DELETE", `/api/v1/namespaces/${namespace}`);
    this.writer.close();
    this.reader.close();
    return report;
  }

  private async report(): Promise<TrafficReport> {
    const { written, gaps, problems } = this;
    const seconds = (Date.now() - this.started) / 1000;
    const acknowledged = [...written];
    const there = await this.names();
    return {
      seconds: Math.round(seconds),
      acknowledged: acknowledged.length,
      perSecond: Math.round((acknowledged.length / seconds) * 10) / 10,
      longestWriteGap: gaps.write.longest,
      longestReadGap: gaps.read.longest,
      gapsAt: { write: gaps.write.at, read: gaps.read.at },
      lost: acknowledged.filter((name) => !there.has(name)),
      problems,
    };
  }

  private async write(): Promise<void> {
    for (let number = 0; this.going; number++) {
      const name = `object-${number}`;
      const begun = Date.now();
      // A write whose answer was lost may have been done: then the object is there already.
      for (let again = false; ; again = true) {
        const status = await this.tried("write", () =>
          this.writer.ask("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
            metadata: { name },
            data: { written: new Date(begun).toISOString() },
          }),
        );
        if (status === 201 || (status === 409 && again)) break;
        if (!this.going) return;
        await sleep(50);
      }
      this.written.push(name);
      this.gaps.write.answered();
      await sleep(Math.max(0, pace - (Date.now() - begun)));
    }
  }

  private async read(): Promise<void> {
    while (this.going) {
      const begun = Date.now();
      const path = `/api/v1/namespaces/${namespace}`;
      if ((await this.tried("read", () => this.reader.ask("GET", path))) === 200) this.gaps.read.answered();
      await sleep(Math.max(50, pace - (Date.now() - begun)));
    }
  }

  private async tried(what: string, ask: () => Promise<Answer>): Promise<number> {
    let problem: string;
    try {
      const { status, body } = await ask();
      if (status < 300 || status === 409) return status;
      problem = `${what}: ${status} ${body.slice(0, 100)}`;
    } catch (error) {
      problem = `${what}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
    }
    this.problems[problem] = (this.problems[problem] ?? 0) + 1;
    return 0;
  }

  private async names(): Promise<Set<string>> {
    const names = new Set<string>();
    let token = "";
    do {
      const path = `/api/v1/namespaces/${namespace}/configmaps?limit=500${token && `&continue=${token}`}`;
      const { status, body } = await this.writer.ask("GET", path, undefined, 30_000);
      if (status !== 200) throw new Error(`${path}: ${status} ${body.slice(0, 200)}`);
      const page = JSON.parse(body) as { metadata: { continue?: string }; items: { metadata: { name: string } }[] };
      for (const { metadata } of page.items) names.add(metadata.name);
      token = encodeURIComponent(page.metadata.continue ?? "");
    } while (token);
    return names;
  }
}

/** The longest time without an answer. */
class Gap {
  longest = 0;
  /** Seconds after the start. */
  at = 0;
  private last: number;

  constructor(private readonly started: number) {
    this.last = started;
  }

  answered(): void {
    const now = Date.now();
    if (now - this.last > this.longest) {
      this.longest = now - this.last;
      this.at = Math.round((this.last - this.started) / 1000);
    }
    this.last = now;
  }
}

/** One connection to the API, kept for as long as it works and the kubeconfig says the same. */
class Client {
  private access: Access;
  private agent: Agent;
  private read: number;

  constructor(private readonly kubeconfig: string) {
    this.read = statSync(kubeconfig).mtimeMs;
    this.access = accessOf(kubeconfig);
    this.agent = agentOf(this.access);
  }

  /** Goes on with what the kubeconfig says now, as a client does whose certificate was renewed. */
  private follow(): void {
    try {
      const { mtimeMs } = statSync(this.kubeconfig);
      if (mtimeMs === this.read) return;
      this.access = accessOf(this.kubeconfig);
      this.read = mtimeMs;
    } catch {
      return; // half written: the next time
    }
    this.close();
    this.agent = agentOf(this.access);
  }

  close(): void {
    this.agent.destroy();
  }

  ask(method: string, path: string, body?: unknown, milliseconds = patience): Promise<Answer> {
    this.follow();
    return new Promise((resolve, reject) => {
      const { agent } = this;
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const asked = request(new URL(path, this.access.server), { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          clearTimeout(timer);
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      const timer = setTimeout(() => asked.destroy(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
      asked.on("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function agentOf({ ca, cert, key }: Access): Agent {
  return new Agent({ ca, cert, key, keepAlive: true, maxSockets: 1 });
}

function accessOf(kubeconfig: string): Access {
  const file = parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const [{ cluster }, { user }] = [file.clusters[0], file.users[0]];
  const decoded = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
  return {
    server: cluster.server ?? "",
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  };
}
