import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Comment {
  id: number;
  body: string;
}

/** How a job's script ended. */
export interface Ended {
  code: number;
  output: string;
}

const pageSize = 100;
const comment = /^(\/repos\/o\/r\/issues\/7\/comments|\/api\/v4\/projects\/1\/merge_requests\/7\/notes)$/;
const known = /^(?:\/repos\/o\/r\/issues\/comments|\/api\/v4\/projects\/1\/merge_requests\/7\/notes)\/(\d+)$/;

/** The comments of one pull request or merge request, as GitHub's and GitLab's APIs serve them, on this machine alone. */
export class Forge {
  static readonly token = "let me in";
  readonly comments: Comment[] = [];
  private constructor(private readonly server: Server) {}

  static start(): Promise<Forge> {
    const server = createServer();
    const forge = new Forge(server);
    server.on("request", (request, response) => {
      forge.answer(request).then(
        ([status, body]) =>
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(forge)));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** More comments than one page has, by others. */
  chat(count: number): void {
    for (let i = 0; i < count; i++) this.add(`comment ${i}`);
  }

  /** The same where nobody answers. */
  deaf(): Pick<Forge, "url"> {
    return { url: "http://127.0.0.1:1" };
  }

  stop(): void {
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<[number, unknown]> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const { authorization, "private-token": token } = request.headers;
    if (authorization !== `Bearer ${Forge.token}` && token !== Forge.token) return [401, { message: "no token" }];
    if (comment.test(pathname) && request.method === "GET") {
      const start = (Number(searchParams.get("page") ?? 1) - 1) * pageSize;
      return [200, this.comments.slice(start, start + pageSize)];
    }
    if (comment.test(pathname) && request.method === "POST") return [201, this.add(await bodyOf(request))];
    const old = this.comments.find(({ id }) => String(id) === known.exec(pathname)?.[1]);
    if (old === undefined || !["PATCH", "PUT"].includes(request.method ?? "")) return [404, { message: "not found" }];
    old.body = await bodyOf(request);
    return [200, old];
  }

  private add(body: string): Comment {
    const added = { id: 1000 + this.comments.length, body };
    this.comments.push(added);
    return added;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return (JSON.parse(text) as { body: string }).body;
}

/** Runs a script as a runner does, in a folder. */
export function run(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const args = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script];
    const child = execFile("bash", args, { cwd, env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, output: stdout + stderr }),
    );
  });
}
