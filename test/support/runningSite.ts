import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { engine } from "../../lab/toolchain/engine";
import { linkPlugins } from "../../lab/toolchain/plugins";
import { pluginFolder, standinPlugins } from "../../lab/toolchain/standins";
import { type Datacenter, destroyDatacenter, startDatacenter } from "../../lab/vcenter/datacenter";
import { inventoryOf } from "../../lab/vcenter/inventory";
import type { Ended } from "./project";
import { loadSmallGuest } from "./vcenter/guest";
import { onFreeSubnet } from "./vcenter/subnet";

// biome-ignore lint/suspicious/noExplicitAny: a site as somebody wrote it, before it is parsed
type Json = Record<string, any>;

/** How a report ended. */
export interface Reported {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * A project with one site that was brought up in a vCenter of its own, with machines that do nothing: what is left out is
 * what commands do on machines and objects in a cluster. A preview of it is a real one, with the real plugins.
 */
export class RunningSite {
  readonly root = mkdtempSync(join(tmpdir(), `${folders}${process.pid}-`));
  readonly folder = join(this.root, "project");
  readonly env: NodeJS.ProcessEnv;
  center!: Datacenter;
  private readonly lab = labOf(process.pid);
  private subnet = -1;
  private removeImage: () => Promise<void> = async () => {};
  /** What the `up` that brought it up printed. */
  broughtUp = "";

  private constructor(
    bin: string,
    private readonly change: (site: Json) => void,
    private readonly said: Readonly<Record<string, string>>,
  ) {
    this.env = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.root, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      XDG_CACHE_HOME: join(this.root, "cache"),
    };
  }

  /**
   * Brings the site up, or one whose description differs in something.
   *
   * @param said what the commands that configure machines print, by the machines' names; nothing where it is left out
   */
  static async start(
    change: (site: Json) => void = () => {},
    said: Readonly<Record<string, string>> = {},
  ): Promise<RunningSite> {
    await removeAbandoned();
    const site = new RunningSite(join(await ensure(engine), "bin"), change, said);
    try {
      await site.startCenter();
      await site.makeProject();
      await site.bringUp();
    } catch (error) {
      await site.destroy().catch(() => {});
      throw error;
    }
    return site;
  }

  /** Runs `groundwork report` in the project, as a person does. */
  report(...args: string[]): Promise<Reported> {
    return this.reportAs({}, ...args);
  }

  /** The same with other variables in its environment. */
  reportAs(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Reported> {
    const command = [join(repository, "cli/groundwork.cjs"), "report", ...args];
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...this.env, ...env }, maxBuffer: 2 ** 28 };
      const child = execFile(process.execPath, command, options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? 1, stdout, stderr }),
      );
    });
  }

  /** `pulumi preview` of the project. */
  async preview(...args: string[]): Promise<Ended> {
    const { code, stdout, stderr } = await pulumi(this.stack, ["preview", ...args]);
    return { code, output: stdout + stderr };
  }

  /** The site's description, changed as a pull request does. */
  describe(change: (site: Json) => void): void {
    const stack = parse(readFileSync(this.stackFile, "utf8")) as Json;
    change(stack.config["groundwork:site"]);
    writeFileSync(this.stackFile, stringify(stack));
  }

  /** Says where machines are to be, as its owner does before a pull request. */
  savePlan(): void {
    const command = [join(repository, "cli/groundwork.cjs"), "plan", this.stackFile, "--save"];
    execFileSync(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
  }

  /** The program, changed as a pull request does. */
  program(change: (text: string) => string): void {
    const file = join(this.folder, "infra/index.ts");
    const text = readFileSync(file, "utf8");
    if (change(text) === text) throw new Error(`${file}: nothing was changed in it; correct the change`);
    writeFileSync(file, change(text));
  }

  /** More stacks of the same site, as if each had been brought up: for measuring, as they share its machines. */
  copies(names: readonly string[]): void {
    const states = join(this.root, "backend/.pulumi/stacks/groundwork");
    const state = readFileSync(join(states, "demo.json"), "utf8");
    for (const name of names) {
      const own = state.replaceAll("urn:pulumi:demo::", `urn:pulumi:${name}::`);
      const renamed = own
        .replaceAll("groundwork-demo", `groundwork-${name}`)
        .replaceAll("/groundwork/demo", `/groundwork/${name}`);
      writeFileSync(join(states, `${name}.json`), renamed);
      cpSync(this.stackFile, join(this.folder, `stacks/Pulumi.${name}.yaml`));
    }
  }

  /** Everything is as it runs again. */
  reset(): void {
    this.git("checkout", "-q", "--", ".");
    this.git("clean", "-q", "-f", "-d");
  }

  /** Somebody moves a machine's disks to another datastore of its host, by hand. */
  async moveDisks(machine: string, datastore: string): Promise<void> {
    const { govc } = this.center;
    await govc("vm.power", "-off", "-force", machine);
    await govc("vm.migrate", "-ds", datastore, machine);
    await govc("vm.power", "-on", machine);
  }

  async destroy(): Promise<void> {
    if (this.center) this.unreachable("del");
    await destroyDatacenter(this.lab, this.root);
    await this.removeImage();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** What differs from one run to the next: keys, ids, the lab's subnet. */
  plain(text: string): string {
    return (
      text
        .replaceAll(`10.42.${this.subnet}.`, "10.42.0.")
        .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, "<date>")
        // Of those of one day.
        .replaceAll(/`[\w-]+` ends first/g, "`<certificate>` ends first")
        .replaceAll(/\b[0-9a-f]{64}\b/g, "<digest>")
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uuid>")
    );
  }

  /** Every secret of the stack, in clear text: all that any resource keeps, and the stack's outputs that open the site. Its records are marked to be short. */
  async secrets(): Promise<string[]> {
    const exported = JSON.parse(await pulumiOrThrow(this.stack, ["stack", "export", "--show-secrets"])) as {
      deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
    };
    const { resources } = exported.deployment;
    const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    const { kubeconfig, sshPrivateKey } = stack?.outputs ?? {};
    if (!kubeconfig || !sshPrivateKey) throw new Error("the stack: no keys in its outputs");
    const found = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const { plaintext } = value as { plaintext?: string };
      if (plaintext !== undefined) for (const text of strings(JSON.parse(plaintext))) found.add(text);
      for (const part of Object.values(value)) collect(part);
    };
    collect([...resources.filter((each) => each !== stack), kubeconfig, sshPrivateKey]);
    return [...found].filter((text) => text.length >= 16);
  }

  get stack(): PulumiStack {
    return { folder: this.folder, stack: "demo", env: this.env };
  }

  get stackFile(): string {
    return join(this.folder, "stacks/Pulumi.demo.yaml");
  }

  private async startCenter(): Promise<void> {
    const image = `groundwork-${this.lab}`;
    this.removeImage = await loadSmallGuest(image);
    this.center = await onFreeSubnet((subnet) => {
      this.subnet = subnet;
      const site = this.described();
      return startDatacenter({
        lab: this.lab,
        state: this.root,
        subnet: `10.42.${subnet}.0/24`,
        inventory: inventoryOf({ ...site, hosts: [...site.hosts, spareHost] } as never, image, { diskGiB: 4 }),
      });
    });
    Object.assign(this.env, this.center.environment);
    this.unreachable("replace");
  }

  /** Nobody answers at the API's address: that is said at once, without waiting for it. */
  private unreachable(what: "replace" | "del"): void {
    execFileSync("ip", ["route", what, "unreachable", `10.42.${this.subnet}.5/32`]);
  }

  /** The repository's program as a person has it: infra/ is theirs to change. */
  private async makeProject(): Promise<void> {
    for (const path of ["project/stacks", "backend", "home"]) mkdirSync(join(this.root, path), { recursive: true });
    for (const name of ["components", "site", "policies", "sdks", "node_modules", "package.json", "tsconfig.json"])
      symlinkSync(join(repository, name), join(this.folder, name));
    for (const name of ["infra", "Pulumi.yaml"])
      cpSync(join(repository, name), join(this.folder, name), { recursive: true });
    const site = this.described();
    site.hypervisor.server = this.center.server;
    const settings = { "groundwork:preflight": "false", "groundwork:health": "false" };
    writeFileSync(this.stackFile, stringify({ config: { "groundwork:site": site, ...settings } }));
    this.savePlan();
    await linkPlugins(join(this.root, "home"));
    this.git("init", "-q", "-b", "main");
    this.git("add", "-A");
    this.git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "the site as it runs");
  }

  private described(): Json {
    const site = demoSite(this.subnet);
    this.change(site);
    return site;
  }

  private async bringUp(): Promise<void> {
    const home = join(this.root, "home-up");
    await linkPlugins(home);
    for (const plugin of standinPlugins.filter(({ name }) => name !== "tls")) {
      const file = join(home, "plugins", pluginFolder(plugin), `pulumi-resource-${plugin.name}`);
      rmSync(file);
      writeFileSync(
        file,
        `#!/bin/sh\nexport NODE_PATH=${repository}/node_modules\nexec node ${__dirname}/recorder.cjs "$@"\n`,
      );
      chmodSync(file, 0o755);
    }
    const env = { ...this.env, PULUMI_HOME: home, RECORDED_STDOUT: JSON.stringify(this.said) };
    const stack: PulumiStack = { ...this.stack, env };
    await pulumiOrThrow(stack, ["stack", "init"]);
    this.broughtUp = await pulumiOrThrow(stack, ["up", "--yes", "--skip-preview", "--parallel", "64"]);
    this.git("add", "-A");
    this.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.org",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "state",
    );
  }

  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.folder, encoding: "utf8" });
  }
}

const folders = "groundwork-running-site-";
const labOf = (pid: number | string) => `report-${pid}`;

/** What tests that were killed left behind. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((folder) => folder.startsWith(folders))) {
    const pid = name.slice(folders.length).split("-")[0] ?? "";
    if (existsSync(`/proc/${pid}`)) continue;
    await destroyDatacenter(labOf(pid), join(tmpdir(), name));
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** In vCenter from the start; the site's description learns of it in a pull request. */
export const spareHost = {
  name: "esx-4",
  cpus: 16,
  memoryGiB: 64,
  devices: [
    { id: "naa.5000c500a0000041", media: "ssd", capacityGiB: 480, datastore: "esx-4-a" },
    { id: "naa.5000c500a0000042", media: "ssd", capacityGiB: 480, datastore: "esx-4-b" },
  ],
};

function demoSite(subnet: number): Json {
  const site = parse(readFileSync(join(__dirname, "site.yaml"), "utf8")).config["groundwork:site"] as Json;
  return JSON.parse(JSON.stringify(site).replaceAll("10.42.0.", `10.42.${subnet}.`));
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}
