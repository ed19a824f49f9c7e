import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { parse } from "yaml";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { engine } from "../../lab/toolchain/engine";

/** A plugin the engine finds: `folder` holds `pulumi-resource-<name>`. */
export interface InstalledPlugin {
  name: string;
  version: string;
  folder: string;
}

export interface ProjectArgs {
  /**
   * The program and whatever lies beside it. Unless a `Pulumi.yaml` is given, the program is `index.ts` and needs packages only:
   * it is compiled here, which takes half the time of letting every run do it.
   */
  files: Record<string, string>;
  plugins?: InstalledPlugin[];
  env?: NodeJS.ProcessEnv;
  /** Stack configuration, as it stands below `config:`. */
  config?: Record<string, unknown>;
  /** The stack's name, which is in every URN. Default: `test`. */
  stack?: string;
}

/** How a `pulumi` command ended. */
export interface Ended {
  code: number;
  /** Both streams, in the order they came, without colors. */
  output: string;
}

/**
 * A Pulumi project in a temporary folder with a file backend, its own Pulumi home and the lab's pinned engine. Packages
 * resolve to the repository's. `remove` leaves nothing behind.
 */
export class Project {
  private readonly printed = new EventEmitter();

  private constructor(
    readonly folder: string,
    private readonly isCompiled: boolean,
    readonly env: NodeJS.ProcessEnv,
    private readonly stack: string,
  ) {}

  static async create({ files, plugins = [], env = {}, config = {}, stack = "test" }: ProjectArgs): Promise<Project> {
    const bin = join(await ensure(engine), "bin");
    const root = mkdtempSync(join(tmpdir(), "groundwork-project-"));
    const folder = join(root, "program");
    for (const path of ["program", "backend", "home/plugins"]) mkdirSync(join(root, path), { recursive: true });
    for (const plugin of plugins) install(plugin, join(root, "home/plugins"));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    const project = {
      "Pulumi.yaml": JSON.stringify({ name: "project", main: "index.js", runtime: compiledRuntime }),
      "package.json": `{"name": "project", "main": "${"Pulumi.yaml" in files ? "index.ts" : "index.js"}"}\n`,
      "tsconfig.json": `{"extends": "${join(repository, "tsconfig.json")}"}\n`,
      [`Pulumi.${stack}.yaml`]: JSON.stringify({ config }),
      ...files,
    };
    const environment = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      PULUMI_HOME: join(root, "home"),
      PULUMI_BACKEND_URL: `file://${join(root, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
    const created = new Project(folder, !("Pulumi.yaml" in files), environment, stack);
    for (const [path, text] of Object.entries(project)) created.write(path, text);
    const made = await created.run("stack", "init", stack);
    if (made.code !== 0) throw new Error(made.output);
    return created;
  }

  preview(...args: string[]): Promise<Ended> {
    return this.run("preview", "--stack", this.stack, ...args);
  }

  up(...args: string[]): Promise<Ended> {
    return this.run("up", "--stack", this.stack, "--yes", ...args);
  }

  /** Changes a file of the program. */
  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (this.isCompiled && path === "index.ts")
      writeFileSync(join(this.folder, "index.js"), transformSync(text, { loader: "ts", format: "cjs" }).code);
  }

  /** Gives the program folders of the repository. */
  link(...folders: string[]): void {
    for (const name of folders) symlinkSync(join(repository, name), join(this.folder, name));
  }

  /** Gives the stack a state, which may have secrets in clear text: it goes through no file. */
  async import({ deployment, ...rest }: { deployment: object }): Promise<void> {
    const { encryptionsalt: salt } = parse(readFileSync(join(this.folder, `Pulumi.${this.stack}.yaml`), "utf8"));
    const encrypted = { ...deployment, secrets_providers: { type: "passphrase", state: { salt } } };
    const input = JSON.stringify({ ...rest, deployment: encrypted });
    const { code, output } = await this.fed(input, "stack", "import", "--stack", this.stack);
    if (code !== 0) throw new Error(output);
  }

  /** Runs any `pulumi` command in the project's folder. */
  run(...args: string[]): Promise<Ended> {
    return this.fed("", ...args);
  }

  private fed(input: string, ...args: string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
        cwd: this.folder,
        env: this.env,
        stdio: ["pipe", "pipe", "pipe"],
      });
      // A command that ends without having read all of it tells by itself why.
      child.stdin.on("error", () => {}).end(input);
      const chunks: Buffer[] = [];
      const keep = (chunk: Buffer) => {
        chunks.push(chunk);
        this.printed.emit("chunk", chunk);
      };
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const output = Buffer.concat(chunks).toString();
        if (signal) reject(new Error(`pulumi ${args[0]} was ended by ${signal}\n${output}`));
        else resolve({ code: code ?? 1, output });
      });
    });
  }

  /** Resolves once the commands that run print a text from now on. */
  prints(text: string): Promise<void> {
    return new Promise((resolve) => {
      let output = "";
      const read = (chunk: Buffer) => {
        output += chunk;
        if (!output.includes(text)) return;
        this.printed.off("chunk", read);
        resolve();
      };
      this.printed.on("chunk", read);
    });
  }

  /** The project's folder, its state and its home are removed. */
  remove(): void {
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}

const { runtime } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8"));
const startedWith = (path: string) => {
  const nodeargs = runtime.options.nodeargs.replace("./start.cjs", join(repository, path));
  return { ...runtime, options: { ...runtime.options, nodeargs } };
};

/** How the repository's own program is run, from any folder. */
export const ownRuntime = startedWith("infra/start.cjs");

/** How a program is run that is compiled already. */
const compiledRuntime = startedWith("sdks/pulumi/deferred.cjs");

/** The engine looks into real folders only; what is in them may be links. */
function install({ name, version, folder }: InstalledPlugin, plugins: string): void {
  const at = join(plugins, `resource-${name}-v${version}`);
  mkdirSync(at);
  for (const file of readdirSync(folder)) symlinkSync(join(folder, file), join(at, file));
}
