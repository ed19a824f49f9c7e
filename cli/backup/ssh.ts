import { spawn } from "node:child_process";
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { privateFolder } from "../process/privateFolder";
import type { Ended } from "../process/program";

/** A site's SSH login, for as long as it is needed: keys lie in a folder of their own that only its owner reads. */
export class SshLogin {
  private readonly folder = privateFolder();

  constructor(
    privateKey: string,
    /** Lines of `known_hosts`: machines of other keys are not talked to. */
    knownHosts: string,
    private readonly user: (address: string) => string,
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
    const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=5", "IdentitiesOnly=yes"];
    options.push(
      `UserKnownHostsFile=${join(this.folder.path, "known_hosts")}`,
      "ServerAliveInterval=15",
      "LogLevel=ERROR",
    );
    const args = options.flatMap((option) => ["-o", option]);
    const encoded = Buffer.from(script).toString("base64");
    const command = `echo ${encoded} | base64 -d >/tmp/.gw.$$ && sudo bash /tmp/.gw.$$; s=$?; rm -f /tmp/.gw.$$; exit $s`;
    const child = spawn(
      "ssh",
      [...args, "-i", join(this.folder.path, "key"), `${this.user(address)}@${address}`, command],
      {
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    if (onLine)
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
    child.stdin.on("error", () => {}); // the exit code tells
    const source: Readable | undefined = input === undefined ? undefined : createReadStream(input);
    if (source) source.pipe(child.stdin);
    else child.stdin.end();
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
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
