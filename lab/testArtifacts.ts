import { fluxImages } from "../image/containers/flux-images";
import { monitoringImages } from "../image/containers/monitoring-images";
import { alertmanager } from "../image/programs/alertmanager";
import { kustomizeController, sourceController, victoriaMetrics } from "../image/programs/upstream";
import type { Artifact } from "./toolchain/artifact";

/** What tests need beside what a lab does: what watches a site, and what applies a repository. */
export const testArtifacts: Artifact[] = [
  victoriaMetrics,
  alertmanager,
  monitoringImages(),
  sourceController,
  kustomizeController,
  fluxImages(),
];
