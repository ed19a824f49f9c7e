import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const user = "site";
const token = "of-a-test-that-nobody-else-reaches";

/** A Git repository behind https (git's own http-backend), with a certificate of its own for one address, that asks who it is. */
export class GitServer {
  readonly user = user;
  readonly token = token;
  private server: Server | undefined;

  private constructor(
    private readonly folder: string,
    readonly ca: string,
    private readonly address: string,
    private port: number,
  ) {}

  static async start(address: string): Promise<GitServer> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-git-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=git", "-addext", `subjectAltName=IP:${address}`, "-days", "2"];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...made, ...subject], { stdio: "pipe" });
    const server = new GitServer(folder, readFileSync(cert, "utf8"), address, 0);
    server.git("init", "--quiet", "--bare", "--initial-branch=main", server.bare);
    server.git("clone", "--quiet", server.bare, server.work);
    await server.answer();
    return server;
  }

  get url(): string {
    return `https://${this.address}:${this.port}/site.git`;
  }

  /** The repository itself. */
  get bare(): string {
    return join(this.folder, "site.git");
  }

  private get work(): string {
    return join(this.folder, "work");
  }

  /** Changes files of the branch: an object is written as JSON, which is YAML, and nothing removes the file. Returns the commit. */
  commit(files: Record<string, object | undefined>): string {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.work, name);
      mkdirSync(dirname(file), { recursive: true });
      if (content === undefined) rmSync(file);
      else writeFileSync(file, JSON.stringify(content));
    }
    const own = ["-C", this.work, "-c", "user.name=owner", "-c", "user.email=owner@store.example"];
    this.git(...own, "add", "--all");
    this.git(...own, "commit", "--quiet", "--message", Object.keys(files).join(", "));
    this.git(...own, "push", "--quiet", "origin", "HEAD:main");
    return this.git(...own, "rev-parse", "HEAD").trim();
  }

  /** It answers again, at the same address. */
  async answer(): Promise<void> {
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(this.folder, name)));
    const server = createServer({ key, cert }, (request, response) => this.serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, this.address, resolve));
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  /** It answers no more. */
  async silence(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async remove(): Promise<void> {
    await this.silence();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...args: string[]): string {
    return execFileSync("git", args, { encoding: "utf8", stdio: "pipe" });
  }

  /** Hands a request to git as a CGI program (RFC 3875). */
  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { headers, method = "GET" } = request;
    if (headers.authorization !== `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? "/", this.url);
    const env = {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: this.folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      GIT_PROTOCOL: headers["git-protocol"]?.toString() ?? "",
    };
    const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf("\r\n\r\n");
      const fields = answer
        .subarray(0, end)
        .toString()
        .split("\r\n")
        .map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
      const status = Number(fields.find(([name]) => name === "Status")?.[1].slice(0, 3) ?? 200);
      response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name !== "Status")));
      response.end(answer.subarray(end + 4));
    });
  }
}
