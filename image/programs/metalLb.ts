import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, repository } from "../build/artifact";
import { goBuild } from "../build/go";
import { copyModule } from "../build/moduleCopy";
import type { Run } from "../build/run";

const module = "lab/go/metallb";

/**
 * What MetalLB sets in an object of FRR's that the version of those objects which can be had does not have yet. A site has no FRR:
 * the code that sets it is compiled, and never runs.
 */
const ADDED = {
  module: "github.com/metallb/frr-k8s",
  file: "api/v1beta1/frrconfiguration_types.go",
  after: /PrefixesWithCommunity \[\]CommunityPrefixes .*\n/,
  field: "PrefixesWithAsPathPrepend []AsPathPrependPrefixes\n",
  type: "\ntype AsPathPrependPrefixes struct {\n\tPrefixes []string\n\tAsPathPrepend uint8\n}\n",
};

/** MetalLB's two programs, without FRR: what gives Services addresses, and what answers for them. */
export const metalLb: Artifact = {
  name: "metallb",
  version: "0.16.2",
  title: "MetalLB 0.16.2",
  expected: "about 2 min",
  inputs: [module, JSON.stringify({ ...ADDED, after: ADDED.after.source })],
  build: async (dir, run) => {
    const work = join(dir, "work");
    await cp(join(repository, module), work, { recursive: true });
    await addTo(work, run);
    for (const program of ["controller", "speaker"])
      await goBuild(run, { module: work, package: `go.universe.tf/metallb/${program}`, output: join(dir, program) });
    await rm(work, { recursive: true });
  },
};

/** Puts the module, with what is added to it, into a module that is built: it is read from there. */
async function addTo(work: string, run: Run): Promise<void> {
  const own = join(work, "frr-k8s");
  await copyModule(run, { module, of: ADDED.module, to: own, parts: ["go.mod", "api"] });
  const file = join(own, ADDED.file);
  const text = await readFile(file, "utf8");
  if (!ADDED.after.test(text))
    throw new Error(`${file}: it has no place for what is added; see whether that is still needed`);
  await writeFile(file, text.replace(ADDED.after, (line) => `${line}${ADDED.field}`) + ADDED.type);
  const modules = join(work, "go.mod");
  const named = await readFile(modules, "utf8");
  await writeFile(
    modules,
    named.replace(`replace ${ADDED.module} => ${ADDED.module} v0.0.21`, `replace ${ADDED.module} => ./frr-k8s`),
  );
}
