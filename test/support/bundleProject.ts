import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { program } from "../../cli/process/program";
import { runner } from "../../image/build/run";
import { writeLayout } from "../../image/containers/container-image";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { kubernetesMinor } from "../../site/description/versions";
import { planSite } from "../../site/plan/plan";
import { imagesOf } from "../../site/render/images";
import { site as siteOf, threeHosts } from "./sites";

/** The version of Kubernetes that the site has, and the one that it goes to next. */
export const [PRESENT, UPGRADE] = [kubernetesMinor("1.36").tested, kubernetesMinor("1.37").tested];
export const described = (version: string) => siteOf(threeHosts, { kubernetes: { version } });

const command = [join(repository, "cli/groundwork.cjs"), "bundle"];

/**
 * A folder with a project, a site, its small images, programs, and keys of an owner and a stranger: what `groundwork bundle` makes a
 * bundle from. Real skopeo and ssh-keygen.
 */
export class BundleProject {
  readonly project: string;
  /** The stack file of the site. */
  readonly site: string;
  /** Where `create` puts the bundle. */
  readonly bundle: string;

  private constructor(readonly root: string) {
    this.project = this.at("project");
    this.site = this.at("project/stacks/Pulumi.store.yaml");
    this.bundle = this.at("store.bundle");
  }

  static async make(): Promise<BundleProject> {
    const made = new BundleProject(mkdtempSync(join(tmpdir(), "groundwork-bundle-")));
    await made.fill();
    return made;
  }

  at(...path: string[]): string {
    return join(this.root, ...path);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** `groundwork bundle ARGS`, in the project. */
  groundwork(args: string[], more: NodeJS.ProcessEnv = {}) {
    return program(process.execPath, [...command, ...args], { cwd: this.project, env: this.environment(more) });
  }

  /** One that is ended by somebody else. */
  begun(args: string[]): ChildProcess {
    return spawn(process.execPath, [...command, ...args], {
      cwd: this.project,
      env: this.environment({}),
      stdio: "ignore",
    });
  }

  private environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const PATH = `${this.at("bin")}:${process.env.PATH}`;
    return { ...process.env, PATH, PULUMI_HOME: this.at("home"), ...more };
  }

  create(...more: string[]) {
    const [layout, image] = [this.at("images"), this.at("groundwork-node.qcow2")];
    return this.groundwork([
      ...["create", this.site, "--layout", layout, "--image", image, "--output", this.bundle],
      ...more,
    ]);
  }

  /** Who is trusted to have signed a bundle: the owner. */
  trust(): string[] {
    return ["--signers", this.at("signers")];
  }

  private async fill(): Promise<void> {
    const { project, site } = this;
    const at = this.at.bind(this);
    const images = [PRESENT, UPGRADE].flatMap((version) => imagesOf(planSite(parseSite(described(version)))));
    mkdirSync(dirname(site), { recursive: true });
    writeFileSync(site, stringify({ config: { "groundwork:site": described(PRESENT) } }));
    for (const [path, text] of Object.entries({
      "project/package.json": JSON.stringify({ name: "shops", version: "1.2.3", dependencies: { small: "1.0.0" } }),
      "project/kubeconfig": "not tracked, and nobody else's business\n",
      "project/node_modules/small/package.json": JSON.stringify({ name: "small", version: "1.0.0" }),
      "project/node_modules/@pulumi/tls/package.json": JSON.stringify({
        name: "@pulumi/tls",
        version: "5.6.1",
        pulumi: { resource: true, name: "tls" },
      }),
      // A hundred megabytes that are only copied.
      "bin/pulumi": "#!/bin/sh\necho v3.200.0\n",
      "bin/pulumi-language-nodejs": "#!/bin/sh\n",
      "home/plugins/resource-tls-v5.6.1/pulumi-resource-tls": "#!/bin/sh\n",
      "home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere": "#!/bin/sh\n",
      "groundwork-node.qcow2": "a disk",
      "groundwork-node.qcow2.cdx.json": JSON.stringify({
        metadata: { component: { version: `${PRESENT}-debian-12` } },
        components: [{ type: "library", name: "systemd", version: "252", purl: "pkg:deb/debian/systemd@252" }],
      }),
    })) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    }
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", project, "-c", "user.name=a", "-c", "user.email=a@b.example", ...args]);
    git("init", "-q");
    git("add", "package.json", "stacks");
    git("commit", "-qm", "Sites");
    mkdirSync(at("tree"));
    writeFileSync(at("tree/program"), "#!/bin/sh\n");
    const named = [...new Set(images.map(({ source }) => source))];
    await writeLayout(
      at("images"),
      named.map((name) => ({ name, root: at("tree"), entrypoint: [`/${name}`] })),
      runner(),
    );
    for (const who of ["owner", "stranger"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", who, "-f", at(who)]);
    writeFileSync(at("signers"), `owner ${readFileSync(at("owner.pub"), "utf8")}`);
    chmodSync(at("bin/pulumi"), 0o755);
  }
}
