import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

export const DIGEST = `sha256:${"5".repeat(64)}`;
const manifestOf = (at: string) => `
apiVersion: apps/v1
kind: DaemonSet
spec:
  template:
    spec:
      initContainers: [{name: install, image: "${at}/plugin:v1.7.1"}]
      containers: [{name: flannel, image: "${at}/flannel:v0.28.0"}]
---
apiVersion: v1
kind: ConfigMap
data: {note: "image: not-this-one:1"}
`;

/** This computer's own address: a description takes no loopback address for what machines reach. */
export const OWN_ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address as string;

/** A registry that gives a token to anybody and has every image but one; it serves a manifest, too. */
export class Registry {
  readonly asked: string[] = [];
  /** Part of the path of an image that it does not have. */
  lacks = "descheduler";
  readonly folder = mkdtempSync(join(tmpdir(), "groundwork-images-"));
  private readonly server: Server;

  constructor() {
    const [key, cert] = [join(this.folder, "key.pem"), join(this.folder, "cert.pem")];
    const names = ["-subj", "/CN=registry", "-addext", `subjectAltName=IP:${OWN_ADDRESS}`];
    const pair = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "1"];
    execFileSync("openssl", ["req", "-x509", ...pair, ...names], { stdio: "pipe" });
    this.server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      const { pathname } = new URL(request.url ?? "/", this.url);
      if (pathname === "/manifest.yaml") return response.end(this.manifest);
      if (pathname === "/token") return response.end(JSON.stringify({ token: "for-anybody" }));
      if (request.headers.authorization !== "Bearer for-anybody") {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${this.url}/token",service="registry"` });
        return response.end();
      }
      this.asked.push(`${request.method} ${pathname}`);
      response.writeHead(pathname.includes(this.lacks) ? 404 : 200, { "docker-content-digest": DIGEST });
      return response.end();
    });
  }

  get manifest(): string {
    return manifestOf(this.url.replace("https://", ""));
  }

  /** What a client trusts it by. */
  get authority(): string {
    return join(this.folder, "cert.pem");
  }

  get url(): string {
    return `https://${OWN_ADDRESS}:${(this.server.address() as AddressInfo).port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, OWN_ADDRESS, resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }
}
