import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";

/** What an API answered. */
export interface Answer {
  status: number;
  body: Buffer;
}

/** How often a question is asked whose connection is lost, and the milliseconds between: an API server that starts anew, or an address that moves. */
const LOST = { tries: 4, pause: 1000 };

/** A Kubernetes API, asked with the certificate of a kubeconfig. It can do nothing but read. */
export class Api {
  private readonly agent: Agent;
  readonly server: string;

  /** @param patience how long an answer may take, in ms */
  constructor(
    kubeconfig: string,
    private readonly patience = 60_000,
    connections = 4,
  ) {
    const { clusters, users } = parse(kubeconfig) as {
      clusters: [{ cluster: Record<string, string> }];
      users: [{ user: Record<string, string> }];
    };
    const [{ cluster }, { user }] = [clusters[0], users[0]];
    const decoded = (text: string | undefined) => Buffer.from(text ?? "", "base64");
    this.server = cluster.server ?? "";
    this.agent = new Agent({
      ca: decoded(cluster["certificate-authority-data"]),
      cert: decoded(user["client-certificate-data"]),
      key: decoded(user["client-key-data"]),
      keepAlive: true,
      maxSockets: connections,
    });
  }

  /** @throws Error if the answer is not one of success */
  async get<T>(path: string): Promise<T> {
    return this.succeeded(path, await this.read(path));
  }

  /** The answer whatever it is. One whose connection is lost is asked for again. @throws Error if there is none */
  async read(path: string): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.ask("GET", path).catch((error: NodeJS.ErrnoException) => {
        if (tries === LOST.tries || !["ECONNRESET", "EPIPE"].includes(error.code ?? "")) throw error;
      });
      if (answer !== undefined) return answer;
      await sleep(LOST.pause);
    }
  }

  /** Whether it is ready. */
  async ready(): Promise<boolean> {
    const { status } = await this.read("/readyz").catch(() => ({ status: 0 }));
    return status === 200;
  }

  close(): void {
    this.agent.destroy();
  }

  protected succeeded<T>(path: string, { status, body }: Answer): T {
    if (status < 200 || status > 299) throw new ApiError(`${this.server}${path}`, status, body.toString("utf8"));
    return JSON.parse(body.toString("utf8")) as T;
  }

  protected ask(method: string, path: string, sent?: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const body = sent === undefined ? undefined : Buffer.from(JSON.stringify(sent));
      // Of what is sent with a DELETE, Node tells no length by itself, and nobody would read it.
      const headers = body && { "content-type": "application/json", "content-length": body.length };
      const options = { agent: this.agent, method, ...(headers && { headers }) };
      const asked = request(new URL(path, this.server), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      });
      const late = () => asked.destroy(new Error(`${this.server}${path}: no answer within ${this.patience / 1000} s`));
      // The time counts from when it is sent: what waits for a connection before that is not the API's.
      asked.on("socket", () => {
        const timer = setTimeout(late, this.patience);
        asked.on("close", () => clearTimeout(timer));
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }
}

/** An API that can be told to make objects and to take them away, too. */
export class WritableApi extends Api {
  /** @throws ApiError if it is refused */
  async create<T>(path: string, object: object): Promise<T> {
    return this.succeeded(path, await this.ask("POST", path, object));
  }

  /** With all that it owns. @throws ApiError if it is refused */
  async delete(path: string): Promise<void> {
    this.succeeded(path, await this.ask("DELETE", path, { propagationPolicy: "Background" }));
  }
}

/** An answer that is not one of success. */
export class ApiError extends Error {
  constructor(
    url: string,
    readonly status: number,
    body: string,
  ) {
    super(`${url}: ${status} ${body.slice(0, 300)}`);
  }
}
