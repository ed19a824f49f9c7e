import * as pulumi from "@pulumi/pulumi";
import { registryPusher } from "../site/pki/certificates";
import type { SitePlan } from "../site/plan/model";
import { registryAt, registryEndpoints, registryMachines } from "../site/plan/registry";
import type { Pki } from "./Pki";

/** What is needed to fill a site's own registry. */
export interface RegistryRecord {
  /** Where it answers, `host:port`: at the virtual address first. */
  endpoint: string;
  /** Each copy, `host:port`: whoever fills the registry fills all of them. */
  copies: string[];
  /** The authority of its certificate, PEM. */
  authority: string;
  /** The pusher's certificate and key, PEM. */
  certificate: string;
  key: string;
}

/** A secret; nothing for a site without a registry of its own. */
export function registryRecord(plan: SitePlan, pki: Pki): pulumi.Output<RegistryRecord> | undefined {
  const [endpoint] = registryEndpoints(plan);
  if (endpoint === undefined) return undefined;
  const copies = registryMachines(plan).map(registryAt);
  return pulumi
    .all([
      pki.value("authority/cluster"),
      pki.value(`certificate/${registryPusher}`),
      pki.value(`key/${registryPusher}`),
    ])
    .apply(([authority, certificate, key]) => ({ endpoint, copies, authority, certificate, key }));
}
