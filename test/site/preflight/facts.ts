import { type Vcenter, vcenterOf } from "../../../site/description/hypervisors";
import { parseSite } from "../../../site/description/parse";
import type { VcenterFacts } from "../../../site/facts/vcenter";
import { preflight } from "../../../site/judge/preflight";
import type { SitePlan } from "../../../site/plan/model";
import { planSite } from "../../../site/plan/plan";
import { site, threeHosts } from "../../support/sites";

export const plan = planSite(parseSite(site(threeHosts)));
export const wanted = vcenterOf(plan.spec.hypervisor) as Vcenter;
const hostNames = threeHosts.map(({ name }) => name);

/** A vCenter in which nothing stands in the way. */
export function vcenter(change: (facts: VcenterFacts) => void = () => {}): VcenterFacts {
  const facts: VcenterFacts = {
    product: "VMware vCenter Server 8.0.3 build-1",
    cluster: { name: "C0", drs: true, ha: { enabled: false, admissionControl: false } },
    hosts: hostNames.map((name) => ({
      name,
      id: `id-${name}`,
      inCluster: true,
      connection: "connected",
      maintenance: false,
      networks: ["network-1"],
    })),
    datastores: threeHosts.flatMap(({ name, devices = [] }) =>
      devices.map(({ id, datastore = "" }) => ({
        name: datastore as string,
        kind: "VMFS",
        accessible: true,
        maintenance: false,
        freeGiB: 400,
        capacityGiB: 480,
        hosts: [name],
        extents: [id],
      })),
    ),
    networks: [{ id: "network-1", name: "VM Network", kind: "standard" }],
    templates: [
      {
        name: "groundwork-node",
        path: "/DC0/vm/groundwork-node",
        connection: "connected",
        isTemplate: true,
        poweredOn: false,
        firmware: "efi",
        secureBoot: true,
        hardwareVersion: "vmx-19",
        vtpm: false,
        snapshots: false,
        tools: true,
        disks: [{ sizeGiB: 8, controller: "scsi" }],
        datastores: threeHosts.map(({ name }) => `${name}-a`),
      },
    ],
    machines: [],
    missingPrivileges: [],
    unreadable: [],
  };
  change(facts);
  return facts;
}

/** What is told of a site, but for what is as it should be; `mine` are the machines that its state knows. */
export const told = (change: (facts: VcenterFacts) => void, mine: string[] = [], of: SitePlan = plan) =>
  preflight(of, wanted, vcenter(change), new Set(mine))
    .filter(({ state }) => state !== "ok")
    .map(({ state, path, fact, fix }) => `${state} ${path}: ${fact}; ${fix}`);
