import { installPackages, lacks, missingPackages, startDocker } from "./prerequisites";
import { stateRoot } from "./state";
import { runSteps } from "./steps";
import { type Artifact, cacheFolder, ensure, isBuilt } from "./toolchain/artifact";

/**
 * Brings the machine to where a lab can run: packages, Docker, and everything that is built. Idempotent.
 *
 * @param more programs that are needed beside the lab's own, and their Debian packages
 */
export async function prepare(artifacts: Artifact[], more: Record<string, string> = {}): Promise<void> {
  const found = lacks([cacheFolder(), stateRoot()]);
  if (found.length > 0) throw new Error(found.map(({ path, fact, fix }) => `${path}: ${fact}; ${fix}`).join("\n"));
  const packages = missingPackages(more);
  if (packages.length > 0) {
    console.log(`About to install with apt-get: ${packages.join(", ")}`);
    await runSteps([
      { title: "Install Debian packages", run: async (progress) => installPackages(packages, progress) },
    ]);
  }
  await startDocker(stateRoot(), console.log);
  const missing: Artifact[] = [];
  for (const artifact of artifacts) if (!(await isBuilt(artifact))) missing.push(artifact);
  if (missing.length === 0) return;
  console.log(`About to build, once, into ${cacheFolder()}:`);
  for (const { title, expected } of missing) console.log(`  ${title}${expected ? ` (${expected})` : ""}`);
  const total = missing.length;
  await runSteps(
    missing.map((artifact, i) => ({
      title: `Build ${artifact.title} (${i + 1} of ${total})`,
      run: async (progress) => void (await ensure(artifact, progress)),
    })),
    2,
  );
}
