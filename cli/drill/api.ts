import { Agent, request } from "node:https";
import { parse } from "yaml";

/** A Kubernetes API, read with the certificate of a kubeconfig. It can do nothing but read. */
export class Api {
  private readonly agent: Agent;
  readonly server: string;

  /** @param patience how long an answer may take, in ms */
  constructor(
    kubeconfig: string,
    private readonly patience = 60_000,
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
      maxSockets: 4,
    });
  }

  /** @throws Error if the answer is not one of success */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.ask(path);
    if (status !== 200) throw new Error(`${this.server}${path}: ${status} ${body.slice(0, 300)}`);
    return JSON.parse(body) as T;
  }

  /** Whether it is ready. */
  async ready(): Promise<boolean> {
    const { status } = await this.ask("/readyz").catch(() => ({ status: 0 }));
    return status === 200;
  }

  close(): void {
    this.agent.destroy();
  }

  private ask(path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.server), { agent: this.agent, timeout: this.patience }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      asked.on("timeout", () =>
        asked.destroy(new Error(`${this.server}${path}: no answer within ${this.patience / 1000} s`)),
      );
      asked.on("error", reject);
      asked.end();
    });
  }
}
