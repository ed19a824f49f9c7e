import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, ensure } from "../build/artifact";
import { alertmanager } from "../programs/alertmanager";
import { victoriaMetrics } from "../programs/upstream";
import { writeLayout } from "./container-image";

/** Names and paths are upstream's. */
const PROGRAMS = [
  {
    name: `docker.io/victoriametrics/victoria-metrics:v${victoriaMetrics.version}`,
    artifact: victoriaMetrics,
    program: "victoria-metrics",
    path: "victoria-metrics-prod",
  },
  {
    name: `docker.io/victoriametrics/vmalert:v${victoriaMetrics.version}`,
    artifact: victoriaMetrics,
    program: "vmalert",
    path: "vmalert-prod",
  },
  {
    name: `docker.io/prom/alertmanager:v${alertmanager.version}`,
    artifact: alertmanager,
    program: "alertmanager",
    path: "bin/alertmanager",
  },
];

/**
 * The images of what watches a site, as an OCI image layout (`layout/`) and the same as one archive (`layout.tar`): apart from those that
 * every machine holds, as only some sites ask for them.
 */
export function monitoringImages(): Artifact {
  return {
    name: "monitoring-images",
    version: victoriaMetrics.version,
    title: "the container images of monitoring",
    expected: "about 5 s",
    inputs: [
      ...[victoriaMetrics, alertmanager].flatMap(({ inputs }) => inputs),
      ...["monitoring-images.ts", "container-image.ts"].map((file) => `image/containers/${file}`),
    ],
    build: async (dir, run) => {
      const images = [];
      for (const { name, artifact, program, path } of PROGRAMS) {
        const root = join(dir, "roots", program);
        await mkdir(dirname(join(root, path)), { recursive: true });
        await copyFile(join(await ensure(artifact), program), join(root, path));
        images.push({ name, root, entrypoint: [`/${path}`] });
      }
      await writeLayout(join(dir, "layout"), images, run);
      await run("tar", ["-C", join(dir, "layout"), "-cf", join(dir, "layout.tar"), "."]);
      await rm(join(dir, "roots"), { recursive: true });
    },
  };
}
