import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../components/Site";
import { formatFinding } from "../site/judge/rules";

/**
 * Warns of members whose disk was slower than the site allows when it was measured, before etcd first started on it. It stops nothing: see
 * docs/decisions/life.md. A preview leaves it to the policy pack.
 */
export function tellOfDisks(site: Site): void {
  if (pulumi.runtime.isDryRun()) return;
  site.diskFindings.apply((findings) => {
    for (const finding of findings) void pulumi.log.warn(formatFinding(finding));
  });
}
