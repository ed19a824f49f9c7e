import { consistentAccess } from "./checks/access";
import { consistentAddresses } from "./checks/addresses";
import { consistentBackup } from "./checks/backup";
import { consistentComponents } from "./checks/components";
import { consistentExisting } from "./checks/existing";
import { consistentFurtherNetworks } from "./checks/furtherNetworks";
import { consistentGatewayApi } from "./checks/gatewayApi";
import { consistentGitops } from "./checks/gitops";
import { consistentLocalVolumes } from "./checks/localVolumes";
import { consistentMachines } from "./checks/machines";
import { consistentMonitoring } from "./checks/monitoring";
import { consistentNamespaces } from "./checks/namespaces";
import { consistentNetwork } from "./checks/network";
import { consistentNodes } from "./checks/nodes";
import { consistentPki } from "./checks/pki";
import { consistentPools } from "./checks/pools";
import { consistentRegistry } from "./checks/registry";
import { consistentServiceAddresses } from "./checks/serviceAddresses";
import { consistentSizes } from "./checks/sizes";
import { consistentStorage } from "./checks/storage";
import { consistentVersions } from "./checks/versions";
import type { Problem } from "./problem";
import type { SiteSpec } from "./spec";

/** Problems between parts of a description that are well-formed one by one. */
export function inconsistencies(spec: SiteSpec): Problem[] {
  return [
    ...consistentStorage(spec),
    ...consistentNetwork(spec),
    ...consistentServiceAddresses(spec),
    ...consistentFurtherNetworks(spec),
    ...consistentAddresses(spec),
    ...consistentMachines(spec),
    ...consistentExisting(spec),
    ...consistentPki(spec),
    ...consistentPools(spec),
    ...consistentLocalVolumes(spec),
    ...consistentVersions(spec),
    ...consistentRegistry(spec),
    ...consistentComponents(spec),
    ...consistentNodes(spec),
    ...consistentNamespaces(spec),
    ...consistentAccess(spec),
    ...consistentGatewayApi(spec),
    ...consistentGitops(spec),
    ...consistentBackup(spec),
    ...consistentMonitoring(spec),
    ...consistentSizes(spec),
  ];
}
