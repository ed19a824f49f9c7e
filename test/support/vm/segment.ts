import { execFileSync } from "node:child_process";

/** A network of virtual machines on this computer: a bridge, on which this computer is the router. Nothing leads further. */
export class Segment {
  private constructor(
    private readonly bridge: string,
    /** The first three numbers of its addresses: `10.43.7`. */
    readonly prefix: string,
  ) {}

  static open(bridge: string, prefix: string): Segment {
    const segment = new Segment(bridge, prefix);
    segment.close();
    ip("link", "add", bridge, "type", "bridge");
    ip("address", "add", `${prefix}.1/24`, "dev", bridge);
    ip("link", "set", bridge, "up");
    // Docker has bridged packets pass its own filter.
    iptables("-I", ...segment.rule);
    return segment;
  }

  /** A card's other end, by the last number of the machine's address. */
  tap(number: number): string {
    const name = `${this.bridge}-${number}`;
    ip("tuntap", "add", "dev", name, "mode", "tap");
    ip("link", "set", name, "master", this.bridge, "up");
    return name;
  }

  /** Takes it away with all cards; also what a run left behind that was killed. */
  close(): void {
    const links = JSON.parse(ip("-json", "link", "show", "type", "tun") || "[]") as {
      ifname?: string;
      master?: string;
    }[];
    for (const { ifname, master } of links) if (ifname && master === this.bridge) ip("link", "delete", ifname);
    if (!ip("-brief", "link").includes(`${this.bridge} `)) return;
    ip("link", "delete", this.bridge);
    iptables("-D", ...this.rule);
  }

  private get rule(): string[] {
    return ["FORWARD", "-i", this.bridge, "-o", this.bridge, "-j", "ACCEPT"];
  }
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8" });
}

function iptables(...args: string[]): void {
  execFileSync("iptables", ["-w", ...args]);
}
