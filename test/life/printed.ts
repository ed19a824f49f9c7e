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

  /** Types a command into a new terminal in the folder of the repository. */
  async type(command: string, seconds = 300): Promise<Ended> {
    const { KUBECONFIG: _, GOVC_URL: __, ...env } = { ...process.env, ...this.site.environment };
    const script = `${this.access[1]}\n${command}\n`;
    return attempt("bash", ["-c", script], { env: { ...env, KUBECONFIG: "", GOVC_URL: "" } as never, seconds });
  }

  /** The same for one that has to succeed. */
  async follow(command: string, seconds?: number): Promise<string> {
    const { code, stdout, text } = await this.type(command, seconds);
    if (code !== 0) throw new Error(`${command}\nexit code ${code} in ${repository}\n${text}`);
    return stdout;
  }

  /** Does what a chapter says for one way out, step by step. */
  async goThrough(of: string, way: string): Promise<void> {
    const steps = this.commands.filter((each) => each.of === of && each.way === way);
    if (steps.length === 0) throw new Error(`runbook: no commands for ${of}, ${way}`);
    for (const { command } of steps) {
      const begun = Date.now();
      await this.follow(command, 600);
      console.log(`  ${((Date.now() - begun) / 1000).toFixed(1)} s  ${command.split("\n")[0]?.slice(0, 110)}`);
    }
  }
}
