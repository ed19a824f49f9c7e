import type { SiteInput } from "../../site/description/spec";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";

type HostInput = SiteInput["hosts"][number];

/** A host with solid-state devices `<host>-1`, `<host>-2` …, each with a datastore `<host>-a`, `<host>-b` … */
export function host(name: string, more: Partial<HostInput> & { deviceCount?: number } = {}): HostInput {
  const { deviceCount = 2, ...fields } = more;
  const devices = Array.from({ length: deviceCount }, (_, i) => ({
    id: `dev.${name}-${i + 1}`,
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
    network: {
      cidr: "10.0.42.0/24",
      gateway: "10.0.42.1",
      apiVip: "10.0.42.5",
      machines: "10.0.42.10-10.0.42.120",
      nameservers: ["10.0.42.3"],
    },
    kubernetes: { version: kubernetesMinor(NEWEST_MINOR).tested },
    workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 16 }],
    ...more,
  };
}

export const threeHosts = ["esx-1", "esx-2", "esx-3"].map((name) => host(name));

/** A large site: racks of twenty hosts, rooms of five racks, a pool of workers. */
export function largeSite(hosts: number, workers: number): SiteInput {
  return site(
    Array.from({ length: hosts }, (_, i) =>
      host(`esx-${i + 1}`, {
        cpus: 32,
        memoryGiB: 256,
        rack: `r${Math.floor(i / 20)}`,
        room: `m${Math.floor(i / 100)}`,
      }),
    ),
    {
      network: {
        cidr: "10.32.0.0/16",
        gateway: "10.32.0.1",
        apiVip: "10.32.0.5",
        machines: "10.32.1.0-10.32.63.255",
        nameservers: ["10.32.0.3"],
        podCidr: "10.64.0.0/11",
      },
      workers: [{ name: "general", count: workers, cpus: 4, memoryGiB: 16 }],
    },
  );
}
