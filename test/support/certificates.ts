import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whose authority signs: the site's, one of its owner's, and one that nobody trusts. */
export type Signer = "site" | "owner" | "other";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Three authorities and what they sign, in a folder. */
export class Certificates {
  private constructor(readonly folder: string) {}

  static make(folder = mkdtempSync(join(tmpdir(), "groundwork-certificates-"))): Certificates {
    for (const name of ["site", "owner", "other"]) {
      const files = ["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.crt`)];
      openssl(["req", "-x509", ...EC, "-days", "2", "-subj", `/CN=${name}`, ...files]);
    }
    return new Certificates(folder);
  }

  authority(name: Signer): string {
    return readFileSync(join(this.folder, `${name}.crt`), "utf8");
  }

  /** A certificate for a DNS name or an address, and its key: PATH.crt and PATH.key, of the folder unless the path is a whole one. */
  certificate(path: string, name: string, by: Signer): void {
    const at = path.startsWith("/") ? path : join(this.folder, path);
    const extensions = join(this.folder, "extensions");
    writeFileSync(
      extensions,
      `subjectAltName=${isIPv4(name) ? "IP" : "DNS"}:${name}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    openssl(["req", ...EC, "-subj", "/CN=groundwork:logs", "-keyout", `${at}.key`, "-out", `${at}.csr`]);
    const [ca, key] = [join(this.folder, `${by}.crt`), join(this.folder, `${by}.key`)];
    const sign = ["-req", "-in", `${at}.csr`, "-CA", ca, "-CAkey", key, "-CAcreateserial"];
    openssl(["x509", ...sign, "-days", "2", "-out", `${at}.crt`, "-extfile", extensions]);
  }

  /** A page by HTTP, or by HTTPS whoever's certificate it is. */
  get(url: string, headers: Record<string, string> = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { headers, rejectUnauthorized: false, family: 4 };
      const asked = url.startsWith("https:") ? overHttps(url, options) : overHttp(url, options);
      asked.on("error", reject);
      asked.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks).toString()));
        response.on("error", reject);
      });
      asked.end();
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
