import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateFolder } from "../process/privateFolder";
import { type Ended, program } from "../process/program";

/** A site's SSH login, for as long as it is needed: keys lie in a folder of their own that only its owner reads. */
export class SshLogin {
  private readonly folder = privateFolder();

  constructor(
    privateKey: string,
    /** Lines of `known_hosts`: machines of other keys are not talked to. */
    knownHosts: string,
    private readonly user: (address: string) => string,
    /** Seconds that a machine has to take a connection. */
    private readonly patience = 5,
  ) {
    this.write("key", privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`);
    this.write("known_hosts", knownHosts);
  }

  /**
   * Runs a bash script as root on the machine at an address.
   *
   * @param input what the script reads on standard input: a file's path
   * @param onLine sees each line of both streams as it comes
   */
  async run(address: string, script: string, input?: string, onLine?: (line: string) => void): Promise<Ended> {
    const options = [
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      `ConnectTimeout=${this.patience}`,
      "IdentitiesOnly=yes",
    ];
    options.push(
      `UserKnownHostsFile=${join(this.folder.path, "known_hosts")}`,
      "ServerAliveInterval=15",
      "LogLevel=ERROR",
    );
    const args = options.flatMap((option) => ["-o", option]);
    const encoded = Buffer.from(script).toString("base64");
    const command = `echo ${encoded} | base64 -d >/tmp/.gw.$$ && sudo bash /tmp/.gw.$$; s=$?; rm -f /tmp/.gw.$$; exit $s`;
    return program("ssh", [...args, "-i", join(this.folder.path, "key"), `${this.user(address)}@${address}`, command], {
      input: input === undefined ? "" : createReadStream(input),
      onLine,
    });
  }

  /** Like `run`, for what has to succeed. */
  async ask(address: string, script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(address, script);
    if (code !== 0) throw new Error(`${address}: ${stderr.trim() || `exit code ${code}`}`);
    return stdout;
  }

  close(): void {
    this.folder.close();
  }

  private write(name: string, text: string): void {
    writeFileSync(join(this.folder.path, name), text, { mode: 0o600 });
  }
}
