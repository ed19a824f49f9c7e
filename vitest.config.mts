import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files run in the order of their names: those of the lab build on one another's site. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** Ends what hangs; how fast something is, is no test's business: a busy machine takes many times as long. */
const limits = { testTimeout: 600_000, hookTimeout: 1_800_000, teardownTimeout: 120_000 };
const serial = { fileParallelism: false, maxWorkers: 1, isolate: false, ...limits };

/**
 * `pure` needs nothing but Node; `engine` calls the Pulumi engine, the plugins and the vCenter simulator, two files at a time, each
 * with a few processes of its own; `lab` brings up one site and goes through its files in the order of their names; `life` does the
 * same with what is done to a site over the years, while clients use it; `vm` boots the machine image in emulated computers; `fleet`
 * brings up several sites by a rollout.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: ByName },
    projects: [
      {
        test: {
          name: "pure",
          include: ["site", "fleet", "cli", "image", "bench", "docs"].map((area) => `test/${area}/**/*.test.ts`),
          maxWorkers: "100%",
          // They change nothing that they share: what one file has read, the next one need not read again.
          isolate: false,
          ...limits,
        },
      },
      {
        test: {
          name: "engine",
          globalSetup: "test/policies/pack.setup.ts",
          include: [
            "conformance",
            "engine",
            "components",
            "policies",
            "report",
            "vcenter",
            "guest",
            "state",
            "rollout",
          ].map((area) => `test/${area}/**/*.test.ts`),
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          // As above: what they change of their process, they put back.
          isolate: false,
          ...limits,
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          globalSetup: "test/lab/site.setup.ts",
          sequence: { groupOrder: 2, shuffle: false },
          ...serial,
        },
      },
      {
        test: {
          name: "vm",
          include: ["test/vm/**/*.test.ts"],
          sequence: { groupOrder: 4, shuffle: false },
          ...serial,
          // An emulated computer takes ten minutes to boot on a busy one.
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          name: "fleet",
          include: ["test/fleetLab/**/*.test.ts"],
          sequence: { groupOrder: 5, shuffle: false },
          ...serial,
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          name: "life",
          include: ["test/life/**/*.test.ts"],
          globalSetup: "test/lab/site.setup.ts",
          sequence: { groupOrder: 3, shuffle: false },
          ...serial,
        },
      },
    ],
  },
});
