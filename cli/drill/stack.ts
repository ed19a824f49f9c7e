import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { vcenterOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import type { SiteSpec } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { type DrillPlace, drillName, drillOf, type LivingMachine } from "../../site/life/drill";
import { siteIn } from "../input/document";
import { recover } from "../recover/recover";
import { resourcesOf } from "../restore/state";
import { PROJECT, stackExists } from "../stack/emptyStack";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";

/**
 * The stack of a drill, beside that of the living site. Its description lies where the next drill finds it, if this one is killed.
 */
export class DrillStack {
  readonly folder: string;
  readonly stack: PulumiStack;

  constructor(private readonly living: PulumiStack) {
    const state = process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state");
    const name = `${living.stack}-drill`;
    this.folder = join(state, "groundwork/drills", name);
    this.stack = { ...living, stack: name, configFile: join(this.folder, `Pulumi.${name}.yaml`) };
  }

  /** Writes the drill's description, made from the living site's. Secrets stay encrypted as they are, by the same key. */
  describe(place: DrillPlace, machines: readonly LivingMachine[]): SiteSpec {
    const document = parseDocument(readFileSync(this.livingFile, "utf8"));
    const site = siteIn(document.toJS()) as Parameters<typeof drillOf>[0];
    const drill = drillOf(site, String(site.name), place, machines);
    const result = readSite(drill);
    if ("problems" in result) throw new UnusableInput(result.problems);
    document.setIn(["config", "groundwork:site"], drill);
    this.keep(document.toString({ lineWidth: 0 }));
    return result.spec;
  }

  private get livingFile(): string {
    return this.living.configFile ?? `stacks/Pulumi.${this.living.stack}.yaml`;
  }

  private keep(description: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.stack.configFile ?? "", description, { mode: 0o600 });
  }

  /** Does work whose temporary files, keys among them, are gone afterwards; with the next drill, if this one is killed. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const { TMPDIR } = process.env;
    mkdirSync(this.scratch, { recursive: true, mode: 0o700 });
    process.env.TMPDIR = this.scratch;
    try {
      return await work();
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(this.scratch, { recursive: true, force: true });
    }
  }

  private get scratch(): string {
    return `${this.folder}.tmp`;
  }

  /**
   * Removes all of it that is there, also what a drill left that was killed.
   *
   * @throws Error if the stack holds anything but a drill of the site
   */
  async clean(spec: SiteSpec, progress: (line: string) => void): Promise<void> {
    const { stack, folder } = this;
    const configFile = stack.configFile ?? "";
    if (await stackExists(stack)) {
      await this.refuseOther(spec);
      // Nothing of it is asked for but the secrets that sign in to vCenter.
      if (!existsSync(configFile)) this.keep(readFileSync(this.livingFile, "utf8"));
      progress(`${stack.stack}: taking everything away`);
      for (const line of await recover(stack, PROJECT, vcenterOf(spec.hypervisor) ?? {})) progress(line);
      await pulumiOrThrow(stack, ["destroy", "--yes", "--skip-preview", "--parallel", "64"]);
      await pulumiOrThrow(stack, ["stack", "rm", "--yes", "--preserve-config"]);
      progress(`${stack.stack}: nothing of it is left`);
    }
    for (const each of [folder, this.scratch]) rmSync(each, { recursive: true, force: true });
  }

  private async refuseOther({ name }: SiteSpec): Promise<void> {
    const sites = (await resourcesOf(this.stack)).filter(({ type }) => type === "groundwork:index:Site");
    const other = sites.find(({ urn }) => !urn.endsWith(`::${drillName(name)}`));
    if (other)
      throw new Error(
        `${this.stack.stack}: it holds the site ${other.urn.split("::").at(-1)}, which is no drill of ${name}; give that stack another name`,
      );
  }
}
