import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyResource } from "@pulumi/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { Deployment } from "../../policies/deployment";
import { stackObjects } from "../../policies/registered/stackObjects";
import { completeFacts } from "../../site/facts/complete";
import type { CertificateFact, KeyFact } from "../../site/facts/objects";
import { demoPlan } from "../support/demoStack";
import { ownRuntime, Project } from "../support/project";
import { installed, unchecked } from "../support/standins";

const program = `
import { readFileSync } from "node:fs";
import { Pki } from "./components/Pki";
import { parseSite } from "./site/description/parse";
import { planSite } from "./site/plan/plan";

new Pki("demo", { plan: planSite(parseSite(JSON.parse(readFileSync("site.json", "utf8")))) }, {});
`;

const stack = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
const described = stack.config["groundwork:site"];

interface Exported {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  propertyDependencies?: Record<string, string[]>;
}

const nameOf = (urn: string) => urn.split("::").at(-1) ?? urn;

/** A stack's resources as policies get them at the end. */
function resourcesOf(exported: readonly Exported[]): PolicyResource[] {
  const resources = exported.map(({ urn, type, inputs, outputs }) => {
    const props = { ...inputs, ...outputs };
    return { urn, type, name: nameOf(urn), props, propertyDependencies: {} } as unknown as PolicyResource;
  });
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  for (const { urn, propertyDependencies = {} } of exported)
    for (const [property, from] of Object.entries(propertyDependencies))
      Object.assign(byUrn.get(urn)?.propertyDependencies ?? {}, { [property]: from.map((one) => byUrn.get(one)) });
  return resources;
}

/** A resource's name begins with the site's. */
const named = (id: string) => (id.includes("demo-") ? id : `demo-${id}`);
const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);

describe("a plan and the resources that the PKI makes of it", () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({
      plugins: await installed("tls"),
      env: unchecked,
      files: {
        "Pulumi.yaml": stringify({ name: "project", main: "index.ts", runtime: ownRuntime }),
        "index.ts": program,
        "site.json": JSON.stringify(described),
      },
    });
    project.link("components", "site");
    const { code, output } = await project.up("--skip-preview");
    expect(code, output).toBe(0);
  });
  afterAll(() => project?.remove());

  it("give the same facts of every key and certificate", async () => {
    const { output } = await project.run("stack", "export", "--stack", "test");
    const { resources } = JSON.parse(output).deployment as { resources: Exported[] };
    const { objects, unknowns } = stackObjects(resourcesOf(resources), "left out", new Deployment(false));
    const planned = completeFacts(demoPlan()).objects;

    const certificates = (facts: readonly CertificateFact[] = []) => facts.map((fact) => ({ ...fact })).sort(byPath);
    const made = certificates(objects.certificates).map(({ ends, ...fact }) => {
      expect(Date.parse(ends ?? "")).toBeGreaterThan(Date.now());
      return fact;
    });
    const meant = certificates(planned?.certificates).map((fact) => ({
      ...fact,
      path: named(fact.path),
      key: named(fact.key ?? ""),
    }));
    expect(made).toEqual(meant.sort(byPath));

    const keys = (facts: readonly KeyFact[] = []) =>
      facts
        .map(({ path, ofAuthority = false, heldBy = [], ...fact }) => ({
          path: named(path),
          ofAuthority,
          heldBy,
          ...fact,
        }))
        .sort(byPath);
    expect(keys(objects.keys)).toEqual(keys(planned?.keys));
    expect(made.length).toBeGreaterThan(25);
    expect(unknowns.size).toBe(0);
  });
});
