import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";
import { BundleProject } from "../support/bundleProject";
import { ImageRegistry } from "../support/imageRegistry";
import { Project } from "../support/project";

// S8, D5: a site's own registry is filled from a bundle, by what the stack says of it. The site is a stack with such outputs, and its two
// copies are registries of CNCF Distribution.

let made: BundleProject;
let copies: [ImageRegistry, ImageRegistry];
let project: Project;

beforeAll(async () => {
  made = await BundleProject.make();
  const { code, stderr } = await made.create("--key", made.at("owner"));
  expect(code, stderr).toBe(0);
  const folders = ["a", "b"].map((name) => made.at(`copy-${name}`)) as [string, string];
  for (const folder of folders) mkdirSync(folder);
  copies = [await ImageRegistry.start(folders[0]), await ImageRegistry.start(folders[1])];
  const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  const record = {
    endpoint: copies[0].host,
    copies: copies.map(({ host }) => host),
    authority: folders.map((folder) => read(folder, "certs/ca.crt")).join(""),
    certificate: read(folders[0], "certs/ca.crt"),
    key: read(folders[0], "registry.key"),
  };
  project = await Project.create({
    files: {
      "index.ts": `import * as pulumi from "@pulumi/pulumi";
export const endpoint = "https://10.0.42.5:6443";
export const registry = process.env.WITHOUT ? undefined : pulumi.secret(${JSON.stringify(record)});`,
    },
  });
  const up = await project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
});
afterAll(async () => {
  for (const copy of copies ?? []) copy.stop();
  project?.remove();
  made?.remove();
});

const groundwork = (...args: string[]) =>
  program(process.execPath, [join(repository, "cli/groundwork.cjs"), ...args], {
    cwd: project.folder,
    env: project.env,
  });
const apply = (...args: string[]) =>
  groundwork("bundle", "apply", made.bundle, "--into", made.at("into"), ...made.trust(), ...args);
const certs = () => made.at("signed-in");

describe("a site's own registry", () => {
  it("gives who fills it what signs in, for their eyes alone, and says where each copy is", async () => {
    const { code, stdout, stderr } = await groundwork("registry", "--stack", "test", "--certs", certs());
    expect(code, stderr).toBe(0);
    for (const { host } of copies)
      expect(stdout).toContain(`--dest-cert-dir=${certs()} docker://REGISTRY/PATH:TAG docker://${host}/`);
    expect(statSync(certs()).mode & 0o777).toBe(0o700);
    expect(statSync(join(certs(), "client.key")).mode & 0o777).toBe(0o600);
    expect(stdout + stderr).not.toContain("PRIVATE KEY");
  });

  it("gets all images of a bundle, in each copy, below the names of their registries; a second run sends nothing", async () => {
    const { code, stdout, stderr } = await apply("--to", "test");
    expect(code, stderr).toBe(0);
    for (const { host } of copies) expect(stdout).toMatch(new RegExp(`, (\\d+) of \\1 container images into ${host}`));
    for (const { host } of copies) {
      const there = await program("skopeo", [
        "inspect",
        "--no-tags",
        `--cert-dir=${certs()}`,
        `docker://${host}/registry.k8s.io/pause:3.10.2`,
      ]);
      expect(there.code, there.stderr).toBe(0);
    }
    const second = await apply("--to", "test");
    for (const { host } of copies)
      expect(second.stdout).toMatch(new RegExp(`, 0 of \\d+ container images into ${host}`));
  });

  it("is filled in the copy that is there, and the one that is away is told", async () => {
    copies[0].stop();
    const { code, stderr } = await apply("--to", "test");
    expect(code).toBe(1);
    expect(stderr).toMatch(/connection refused/);
    expect(stderr).toContain(`Container images into ${copies[1].host}`);
  });

  it("is not meant beside another one, and a site without one is told", async () => {
    const both = await apply("--to", "test", "--registry", "registry.example");
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/--to: --registry is named, too; leave one/)]);
    const none = await apply("--to", "nowhere");
    expect(none.code).toBe(2);
    project.env.WITHOUT = "yes";
    const up = await project.up("--skip-preview");
    expect(up.code, up.output).toBe(0);
    const without = await apply("--to", "test");
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringMatching(
        /registry: the site in test has no registry of its own; describe registry: \{kind: local\}/,
      ),
    ]);
  });
});
