import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Preview } from "../preview";
import type { Ask } from "../previews";
import { isOfAStack, type Project, savedPlanFile, stackFile } from "../project";
import { Digests, digestOf } from "./digests";
import { stateDigest } from "./state";
import { engineInputs, environmentDigest, pluginFiles } from "./surroundings";

/** What previews depend on, as it is when this is made. */
export class Inputs {
  private readonly digests = new Digests();
  private readonly shared = new Map<string, string>();

  /** @param outputs files and folders that the report itself writes */
  constructor(
    private readonly outputs: readonly string[],
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** The same for two previews only if everything is the same that is known before one. None if that cannot be told. */
  async key({ project, stack, policyPack, policyConfig, refresh }: Ask): Promise<string | undefined> {
    const files = [stackFile(project, stack), savedPlanFile(project, stack)].map((name) => join(project.folder, name));
    if (refresh || isComposed(files[0] as string) || !isWithin(policyPack, project.folder)) return undefined;
    const state = await stateDigest(project, stack, this.env, this.digests);
    if (state === undefined) return undefined;
    const own = files.map((file) => this.digests.file(file));
    return digestOf([this.sharedBy(project, policyPack, policyConfig), stack, own, state]);
  }

  /** Digests of the files that a preview turned out to use: modules outside the project, plugins. */
  usedBy(preview: Preview, modules: readonly string[]): Record<string, string> {
    const packages = preview.steps.map(({ type }) => /^(?:pulumi:providers:)?([^:]+)/.exec(type)?.[1] ?? "");
    const files = [...modules, ...pluginFiles(this.env, new Set(packages))];
    return Object.fromEntries(files.map((file) => [file, this.digests.file(file)]));
  }

  /** Whether files are as they were. */
  areUnchanged(files: Readonly<Record<string, string>>): boolean {
    return Object.entries(files).every(([file, digest]) => this.digests.file(file) === digest);
  }

  private sharedBy(project: Project, pack: string, packConfig: string | undefined): string {
    const { digests, env } = this;
    const of = JSON.stringify([project.folder, pack, packConfig]);
    const known = this.shared.get(of);
    if (known !== undefined) return known;
    const outputs = this.outputs.map((file) => resolve(file));
    const digest = digestOf({
      report: digests.folder(dirname(__dirname)),
      node: process.version,
      folder: project.folder,
      program: digests.folder(project.folder, (path) => outputs.includes(path) || isOfAStack(project, path)),
      packages: digests.file(join(project.folder, "node_modules/.package-lock.json")),
      pack: [pack, digests.folder(pack)],
      packConfig: packConfig && digests.file(packConfig),
      engine: engineInputs(env, digests),
      environment: environmentDigest(env, digests),
    });
    this.shared.set(of, digest);
    return digest;
  }
}

/** Of a pack elsewhere nobody knows what it loads beside its own folder. */
function isWithin(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith("..");
}

/** Configuration that is made of environments elsewhere, which may change there. */
function isComposed(file: string): boolean {
  return existsSync(file) && /^environment:/m.test(readFileSync(file, "utf8"));
}
