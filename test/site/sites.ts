import type { SiteInput } from "../../site/spec";

type HostInput = SiteInput["hosts"][number];

/** A host with solid-state devices `<host>-1`, `<host>-2` …, each with a datastore `<host>-a`, `<host>-b` … */
export function host(name: string, more: Partial<HostInput> & { deviceCount?: number } = {}): HostInput {
  const { deviceCount = 2, ...fields } = more;
  const devices = Array.from({ length: deviceCount }, (_, i) => ({
    id: `naa.${name}-${i + 1}`,
    media: "ssd" as const,
    datastore: `${name}-${String.fromCharCode(97 + i)}`,
  }));
  return { name, cpus: 16, memoryGiB: 128, devices, ...fields };
}

/** A site on these hosts, everything else as most sites have it. */
export function site(hosts: HostInput[], more: Partial<SiteInput> = {}): SiteInput {
  return {
    name: "shop",
    hypervisor: {
      kind: "vsphere",
      server: "vc.example",
      datacenter: "DC0",
      cluster: "C0",
      template: "groundwork-node",
      network: "VM Network",
    },
    hosts,
    network: { cidr: "10.0.42.0/24", gateway: "10.0.42.1", apiVip: "10.0.42.5", machines: "10.0.42.10-10.0.42.120" },
    kubernetes: { version: "1.36.3" },
    workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 16 }],
    ...more,
  };
}

export const threeHosts = ["esx-1", "esx-2", "esx-3"].map((name) => host(name));
