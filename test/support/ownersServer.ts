import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rsyslog } from "./rsyslog";

/** The DNS name of the owner's syslog server. */
export const OWNER = "logs.owner.example";

/** The owner's syslog server, which takes lines from holders of a certificate of the site's authority, and keeps them as they came. */
export class OwnersServer {
  private child?: ChildProcess;
  constructor(
    private readonly rsyslog: Rsyslog,
    private readonly port: number,
  ) {
    rsyslog.certificate(join(rsyslog.folder, "server"), OWNER, "owner");
    rsyslog.certificate(join(rsyslog.folder, "wrong-server"), "elsewhere.example", "owner");
    rsyslog.certificate(join(rsyslog.folder, "forged-server"), OWNER, "other");
  }

  start(certificate: "server" | "wrong-server" | "forged-server" = "server"): void {
    const { rsyslog } = this;
    const at = (name: string) => join(rsyslog.folder, name);
    writeFileSync(
      at("owner.conf"),
      `global(workDirectory="${rsyslog.folder}" maxMessageSize="64k" net.enableDNS="off" defaultNetstreamDriver="gtls"
        defaultNetstreamDriverCAFile="${at("site.crt")}" defaultNetstreamDriverCertFile="${at(`${certificate}.crt`)}" defaultNetstreamDriverKeyFile="${at(`${certificate}.key`)}")
      module(load="imtcp")
      template(name="as-sent" type="string" string="%rawmsg%\\n")
      input(type="imtcp" port="${this.port}" ruleset="keep" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
      ruleset(name="keep") { action(type="omfile" file="${this.file}" template="as-sent") }
`,
    );
    this.child = rsyslog.start(at("owner.conf"), at("owner-said"));
  }

  private get file(): string {
    return join(this.rsyslog.folder, "owner-received");
  }

  get received(): string {
    return existsSync(this.file) ? readFileSync(this.file, "utf8") : "";
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child && child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(this.file, { force: true });
  }
}
