import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, goBuild, repository } from "../build/artifact";
import { goTool } from "../build/go";

const VERSION = "0.35.0";
const MODULE = "lab/go/alertmanager";
const UPSTREAM = "github.com/prometheus/alertmanager";
const VARIABLE = "github.com/prometheus/common/version.Version";

/** What its pages say: the Go module has their sources only, which another tool builds. Its API, amtool and all it does are whole. */
const NO_PAGES =
  "<!DOCTYPE html><title>Alertmanager</title><p>Built without its pages: use amtool, or its API at /api/v2.</p>\n";

/** Alertmanager, which sends alerts, and amtool, which reads its configuration. */
export const alertmanager: Artifact = {
  name: "alertmanager",
  version: VERSION,
  title: `Alertmanager ${VERSION}`,
  expected: "about 2 min",
  inputs: [MODULE, "image/programs/alertmanager.ts"],
  build: async (dir, run) => {
    const work = join(dir, "work");
    const source = join(work, "source");
    await goTool(run, MODULE, ["mod", "download", UPSTREAM]);
    const folder = (await goTool(run, MODULE, ["list", "-m", "-f", "{{.Dir}}", UPSTREAM])).trim();
    await cp(folder, source, { recursive: true });
    await run("chmod", ["-R", "u+w", source]);
    for (const page of ["elm", "mantine"]) {
      await mkdir(join(source, "ui/app/dist", page), { recursive: true });
      await writeFile(join(source, "ui/app/dist", page, "index.html"), NO_PAGES);
    }
    const modfile = join(work, "go.mod");
    await cp(join(repository, MODULE, "go.mod"), modfile);
    await cp(join(repository, MODULE, "go.sum"), join(work, "go.sum"));
    await goTool(run, MODULE, ["mod", "edit", `-replace=${UPSTREAM}=${source}`, modfile]);
    for (const program of ["alertmanager", "amtool"])
      await goBuild(run, {
        module: MODULE,
        package: `${UPSTREAM}/cmd/${program}`,
        output: join(dir, program),
        ldflags: `-X ${VARIABLE}=${VERSION}`,
        env: { GOFLAGS: `-modfile=${modfile}` },
      });
    await rm(work, { recursive: true });
  },
};
