import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An alert as Alertmanager posts it. */
export interface ReceivedAlert {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A program that takes alerts over https, with a certificate of its own for one address. */
export class AlertReceiver {
  readonly received: ReceivedAlert[] = [];
  /** How many requests there were. */
  requests = 0;
  private constructor(
    private readonly folder: string,
    readonly ca: string,
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(address: string): Promise<AlertReceiver> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-receiver-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=receiver", "-addext", `subjectAltName=IP:${address}`, "-days", "2"];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...made, ...subject], { stdio: "pipe" });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const { port } = server.address() as { port: number };
    const receiver = new AlertReceiver(folder, readFileSync(cert, "utf8"), `https://${address}:${port}/alerts`, server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        receiver.requests++;
        receiver.received.push(...(JSON.parse(Buffer.concat(chunks).toString()).alerts as ReceivedAlert[]));
        response.end();
      });
    });
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
