import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Between } from "./between";

/** What a host does with what it is sent; by default it takes all of it. */
export type Taking = (request: IncomingMessage) => void | Promise<void>;

/** A host that takes disks, with a certificate that nobody has signed. */
export class DiskHost {
  readonly taken: Buffer[] = [];
  taking: Taking = () => {};

  private constructor(
    private readonly server: Server,
    /** SHA-1 of its certificate. */
    readonly thumbprint: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<DiskHost> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-host-"));
    const [key, cert] = [join(folder, "host-key.pem"), join(folder, "host.pem")];
    const subject = ["-subj", "/CN=esx-1", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject], {
      stdio: "pipe",
    });
    const { fingerprint } = new X509Certificate(readFileSync(cert));
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    const host = new DiskHost(server, fingerprint, folder);
    server.on("request", async (request, response) => {
      try {
        await host.taking(request);
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        host.taken.push(Buffer.concat(chunks));
        response.end();
      } catch {
        // Who sent it has gone, or was sent away.
      }
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What stands before a vCenter that tells of this host as the one that takes disks. */
  toldBy(vcenter: string, change = (_method: string, answer: string) => answer, thumbprint = this.thumbprint) {
    const told = `<url>https://${this.address}/nfc/disk</url><sslThumbprint>${thumbprint}</sslThumbprint>`;
    return Between.start(vcenter, (method, answer) =>
      change(method, answer.replace(/<url>.*?\/nfc\/.*?<\/url>(<sslThumbprint>.*?<\/sslThumbprint>)?/, told)),
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }
}
