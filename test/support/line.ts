import { connect, createServer, type Server, type Socket } from "node:net";

/** A line to a port of this machine, which can break and come back. */
export class Line {
  private readonly open = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  private constructor(private readonly to: number) {}

  static async to(port: number): Promise<Line> {
    const line = new Line(port);
    await line.listen();
    return line;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** It works again, at the same port. */
  back(): Promise<void> {
    return this.listen();
  }

  /** It breaks, with all that is under way. */
  async end(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  private listen(): Promise<void> {
    this.server = createServer((from) => {
      const onward = connect(this.to, "127.0.0.1");
      for (const [one, other] of [
        [from, onward],
        [onward, from],
      ] as const) {
        this.open.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => this.open.delete(one));
        one.pipe(other);
      }
    });
    return new Promise((resolve) =>
      this.server?.listen(this.port, "127.0.0.1", () => {
        const address = this.server?.address();
        this.port = typeof address === "object" && address ? address.port : 0;
        resolve();
      }),
    );
  }
}
