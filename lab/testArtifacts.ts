import { monitoringImages } from "../image/containers/monitoring-images";
import { alertmanager } from "../image/programs/alertmanager";
import { victoriaLogs, victoriaMetrics, vmagent } from "../image/programs/upstream";
import type { Artifact } from "./toolchain/artifact";

/** What tests need beside what a lab does: what watches a site. */
export const testArtifacts: Artifact[] = [victoriaMetrics, vmagent, victoriaLogs, alertmanager, monitoringImages()];
