import * as pulumi from "@pulumi/pulumi";
import { downloadManifest } from "../components/addons/manifest";
import { hypervisorOf } from "../components/hypervisors";
import { Site } from "../components/Site";
import { safePlan } from "../components/safePlan";
import { parseSite } from "../site/description/parse";
import { SiteError } from "../site/description/problem";
import type { SiteSpec } from "../site/description/spec";
import { readRestore } from "../site/life/restore";
import { lastApplied } from "./applied";
import { backupSecrets, lastSealed } from "./backup";
import { tellOfDisks } from "./disks";
import { firstBoot } from "./firstBoot";
import { gitopsSecret } from "./gitops";
import { lookAfter } from "./health/look";
import { lastIntermediate } from "./intermediate";
import { remoteWritePassword } from "./monitoring";
import { refusedByVcenter } from "./preflight";
import { savedPlan } from "./savedPlan";
import { lastSuccessors } from "./successors";
import { asksVcenter } from "./vcenter";

// Pulumi takes a stack trace with every call. Mapping each back to TypeScript was a third of a preview, and none is shown:
// what people can mend is told by errors without one.
// Nor may Node map it: with the maps that Pulumi ships, showing an error can take Node 20 minutes and gigabytes.
Object.assign(Error, { prepareStackTrace: undefined });
process.setSourceMapsEnabled(false);

/** One stack is one site: its configuration in, a cluster out. */
export = async () => {
  const config = new pulumi.Config();
  const spec = readSpec(config);
  const network = spec.kubernetes.podNetwork;
  const [saved, applied] = [savedPlan(config), await lastApplied()];
  const access = hypervisorOf(spec.hypervisor).access(config);
  const planned = safePlan(spec, saved, applied);
  await refusedByVcenter(config, planned.plan, access.credentials, applied);
  const site = new Site(spec.name, {
    spec,
    saved,
    applied,
    planned,
    ...access,
    backupSecrets: spec.backup && backupSecrets(config, spec.backup),
    gitopsSecret: spec.gitops && gitopsSecret(config, spec.gitops),
    remoteWritePassword: spec.addons.monitoring && remoteWritePassword(config, spec.addons.monitoring),
    sealed: spec.backup && (await lastSealed()),
    successors: await lastSuccessors(),
    intermediate: spec.addons.gatewayApi && (await lastIntermediate()),
    booted: asksVcenter(config) ? firstBoot(planned.plan, access.credentials) : undefined,
    restore: readRestore(process.env.GROUNDWORK_RESTORE),
    podNetworkManifest: network.kind === "manifest" ? await downloadManifest(network) : undefined,
  });
  lookAfter(config, site);
  tellOfDisks(site);
  return {
    kubeconfig: site.kubeconfig,
    sshPrivateKey: site.sshPrivateKey,
    sshKnownHosts: site.knownHosts,
    endpoint: site.endpoint,
    aloneUntil: site.aloneUntil,
    ...(site.servicesAuthority && { servicesAuthority: site.servicesAuthority }),
    next: `npx groundwork status --stack ${pulumi.getStack()}`,
    ...records({
      machines: site.machines,
      members: site.members,
      standing: site.applied,
      certificates: site.certificates,
      ...(site.oidcKubeconfig && { oidcKubeconfig: site.oidcKubeconfig }),
      ...(site.registry && { registry: site.registry }),
      ...(site.sealed && { sealed: site.sealed }),
      ...(site.successors && { successors: site.successors }),
      ...(site.intermediate && { intermediate: site.intermediate }),
      survival: site.survival,
      findings: site.diskFindings.apply((ofDisks) => [...site.findings, ...ofDisks]),
    }),
  };
};

/**
 * Outputs for the next run and for commands, more than a thousand lines of them. Hardly anything in them is a secret; the engine prints
 * one as a single word, and no difference of it.
 */
function records(all: Record<string, unknown>): Record<string, pulumi.Output<unknown>> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, pulumi.secret(value)]));
}

function readSpec(config: pulumi.Config): SiteSpec {
  try {
    return parseSite(config.requireObject("site"));
  } catch (error) {
    throw error instanceof SiteError ? new pulumi.RunError(error.message) : error;
  }
}
