import { homedir } from "node:os";
import { join } from "node:path";
import { repository } from "../../lab/toolchain/artifact";
import { attempt, type Ended, type RunningSite } from "../support/lab/site";

/** A command as it stands in a runbook. */
export interface PrintedCommand {
  use: string;
  of: string;
  way?: string;
  command: string;
}

/** What the blanks of a chapter's commands are filled with. */
export type Blanks = Readonly<Record<string, string>>;

interface Typed {
  blanks?: Blanks;
  seconds?: number;
}

/** Every command of a runbook's page, in its order. */
export function printedCommands(html: string): PrintedCommand[] {
  return [...html.matchAll(/<pre ([^>]*data-use[^>]*)><code>([^<]*)<\/code><\/pre>/g)].map(
    ([, attributes = "", text = ""]) => {
      const attribute = (name: string) => new RegExp(`data-${name}="([^"]*)"`).exec(attributes)?.[1];
      const way = attribute("way");
      return { use: attribute("use") ?? "", of: attribute("of") ?? "", ...(way && { way }), command: decoded(text) };
    },
  );
}

function decoded(text: string): string {
  return text
    .replaceAll(/&#x([0-9A-F]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll("&#x3C;", "<")
    .replaceAll("&amp;", "&");
}

/** A terminal of somebody who follows the runbook: who they are is in the environment already. */
export class Reader {
  private constructor(
    private readonly site: RunningSite,
    readonly commands: readonly PrintedCommand[],
    readonly folder: string,
  ) {}

  /** Opens the site as the runbook says. */
  static async signIn(site: RunningSite, html: string, stack: string): Promise<Reader> {
    const reader = new Reader(site, printedCommands(html), join(homedir(), `runbook-${stack}`));
    const [fetch] = reader.access;
    await reader.follow(fetch ?? "");
    return reader;
  }

  /** The first is done once, the second in every terminal. */
  private get access(): string[] {
    return this.commands.filter(({ use }) => use === "access").map(({ command }) => command);
  }

  /** Types a command into a new terminal in the folder of the repository, after what fills its blanks. */
  async type(command: string, { blanks = {}, seconds = 300 }: Typed = {}): Promise<Ended> {
    const { KUBECONFIG: _, GOVC_URL: __, ...env } = { ...process.env, ...this.site.environment };
    const filled = Object.entries(blanks).map(([name, value]) => `${name}="${value}"\n`);
    const script = `${this.access[1]}\n${filled.join("")}${command}\n`;
    return attempt("bash", ["-c", script], { env: { ...env, KUBECONFIG: "", GOVC_URL: "" } as never, seconds });
  }

  /** The same for one that has to succeed. */
  async follow(command: string, typed?: Typed): Promise<string> {
    const { code, stdout, text } = await this.type(command, typed);
    if (code !== 0) throw new Error(`${command}\nexit code ${code} in ${repository}\n${text}`);
    return stdout;
  }

  /** Does what a chapter says for one way out, step by step, with its blanks filled. */
  async goThrough(of: string, way: string, blanks: Blanks): Promise<void> {
    const steps = this.commands.filter((each) => each.of === of && each.way === way && each.use !== "fill");
    if (steps.length === 0) throw new Error(`runbook: no commands for ${of}, ${way}`);
    for (const { command } of steps) {
      const begun = Date.now();
      await this.follow(command, { blanks, seconds: 600 });
      console.log(`  ${((Date.now() - begun) / 1000).toFixed(1)} s  ${command.split("\n")[0]?.slice(0, 110)}`);
    }
  }
}
