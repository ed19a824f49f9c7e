import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificatesOf } from "../../site/pki/certificates";
import type { SitePlan } from "../../site/plan/model";
import type { SecretRef } from "../../site/render/content";

/** Certificates and keys as a plan names them, of one authority: what files of a machine are filled with, without Pulumi. */
export class SitePki {
  private readonly folder = mkdtempSync(join(tmpdir(), "groundwork-pki-"));

  constructor(private readonly plan: SitePlan) {
    this.openssl(
      "req",
      "-x509",
      ...this.request("authority", "/CN=kubernetes-ca"),
      "-days",
      "2",
      "-out",
      "authority.crt",
    );
  }

  /** What a reference of a rendered file stands for. */
  value(ref: SecretRef): string {
    const [kind, id = ""] = [ref.slice(0, ref.indexOf("/")), ref.slice(ref.indexOf("/") + 1)];
    if (kind === "authority") return this.read("authority.crt");
    this.issue(id);
    return this.read(`${id}.${kind === "key" ? "key" : "crt"}`);
  }

  /** The folder as skopeo signs in with: of one of the plan's certificates, or with none. */
  certificates(id?: string): string {
    const folder = mkdtempSync(join(this.folder, "certs-"));
    writeFileSync(join(folder, "ca.crt"), this.value("authority/cluster"));
    if (id === undefined) return folder;
    writeFileSync(join(folder, "client.cert"), this.value(`certificate/${id}`));
    writeFileSync(join(folder, "client.key"), this.value(`key/${id}`), { mode: 0o600 });
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private readonly issued = new Set<string>();

  private issue(id: string): void {
    if (this.issued.has(id)) return;
    const certificate = certificatesOf(this.plan).find((one) => one.id === id);
    if (certificate === undefined) throw new Error(`${id}: the plan has no such certificate`);
    const { commonName, organization, dnsNames, ipAddresses, usages } = certificate;
    const subject = `${organization ? `/O=${organization}` : ""}/CN=${commonName}`;
    const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
    const uses = usages.flatMap(
      (usage) => ({ server_auth: ["serverAuth"], client_auth: ["clientAuth"], digital_signature: [] })[usage],
    );
    const lines = [
      `extendedKeyUsage=${uses.join(",")}`,
      ...(names.length > 0 ? [`subjectAltName=${names.join(",")}`] : []),
    ];
    writeFileSync(join(this.folder, `${id}.ext`), lines.join("\n"));
    this.openssl("req", ...this.request(id, subject), "-out", `${id}.csr`);
    const signed = ["-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial", "-days", "1"];
    this.openssl("x509", "-req", "-in", `${id}.csr`, ...signed, "-extfile", `${id}.ext`, "-out", `${id}.crt`);
    this.issued.add(id);
  }

  private request(name: string, subject: string): string[] {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
    return [...key, "-subj", subject];
  }

  private openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.folder, stdio: "pipe" });
  }

  private read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }
}
