import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { parse } from "yaml";

/** The engine's launcher of policy packs, which starts none: it tells where one is served already, and stays. */
const launcher = `#!/bin/sh
echo "$GROUNDWORK_POLICY_PORT"
exec sleep 2147483647
`;

const patience = 30_000;

/**
 * Serves a policy pack from this process. A pack that the engine starts takes longer to load than a whole site to judge;
 * here what it is made of is loaded once. Each preview is judged by a pack of its own all the same: its modules run anew.
 */
export class PolicyHost {
  private own: string[] = [];
  /** Whether the last preview was judged by a pack of this process. */
  isServing = false;

  /** @param folder where the launcher is put; a private one */
  constructor(
    private readonly pack: string,
    private readonly folder: string,
  ) {}

  /** What the engine needs in its environment to find the pack; nothing if it has to start the pack by itself. */
  async environment(variables: Record<string, string>): Promise<Record<string, string>> {
    const main = this.main();
    this.isServing = false;
    if (main === undefined) return variables;
    Object.assign(process.env, variables, { PULUMI_DRY_RUN: "true" });
    const port = await this.served(main).catch(() => undefined);
    // What is wrong with a pack, the engine tells better.
    if (port === undefined) return variables;
    this.isServing = true;
    const bin = join(this.folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "pulumi-analyzer-policy"), launcher, { mode: 0o700 });
    return {
      ...variables,
      GROUNDWORK_POLICY_PORT: port,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    };
  }

  /** The module that makes the pack, if Node runs it as it is. */
  private main(): string | undefined {
    const { runtime, main = "index.js" } = parse(readFileSync(join(this.pack, "PulumiPolicy.yaml"), "utf8")) as {
      runtime?: string | { name: string };
      main?: string;
    };
    const file = join(this.pack, main);
    const isNode = (typeof runtime === "string" ? runtime : runtime?.name) === "nodejs";
    return isNode && /\.c?js$/.test(file) && existsSync(file) ? realpathSync(file) : undefined;
  }

  /** Runs the pack's modules, and Pulumi's for packs, anew; they print the port where they serve. */
  private async served(main: string): Promise<string> {
    for (const name of this.own) delete require.cache[name];
    const before = new Set(Object.keys(require.cache));
    const { log } = console;
    try {
      return await new Promise<string>((resolve, reject) => {
        setTimeout(() => reject(new Error("the pack does not serve")), patience).unref();
        console.log = (text: unknown, ...more: unknown[]) =>
          /^\d+$/.test(`${text}`) ? resolve(`${text}`) : log(text, ...more);
        require(main);
      });
    } finally {
      console.log = log;
      this.own = Object.keys(require.cache).filter(
        (name) =>
          !before.has(name) &&
          (!name.includes(`${sep}node_modules${sep}`) || name.includes(`${sep}@pulumi${sep}policy${sep}`)),
      );
    }
  }
}
