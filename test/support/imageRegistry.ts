import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";

/** A registry of CNCF Distribution with a certificate of an authority of its own. */
export class ImageRegistry {
  private constructor(
    readonly host: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(folder: string): Promise<ImageRegistry> {
    const port = await freePort();
    mkdirSync(join(folder, "certs"), { recursive: true });
    const [key, certificate] = [join(folder, "registry.key"), join(folder, "certs/ca.crt")];
    execFileSync(
      "openssl",
      [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
          "-subj",
          "/CN=registry",
        ],
        ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
      ],
      { stdio: "ignore" },
    );
    const file = join(folder, "registry.yml");
    writeFileSync(
      file,
      stringify({
        version: 0.1,
        storage: { filesystem: { rootdirectory: join(folder, "registry") } },
        http: { addr: `127.0.0.1:${port}`, tls: { certificate, key } },
      }),
    );
    const server = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
    for (let tried = 0; tried < 600; tried++) {
      if (await answers(port)) return new ImageRegistry(`127.0.0.1:${port}`, server);
      await sleep(100);
    }
    throw new Error("the registry does not answer");
  }

  stop(): void {
    this.server.kill();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}

/** A port of this machine that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
