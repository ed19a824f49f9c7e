import { describe, expect, test } from "vitest";
import { comesForEver, isCalendarEvent, leastHoursBetween } from "../../site/description/calendar";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { planSite } from "../../site/plan/plan";
import { kubeletMachineConfiguration } from "../../site/render/kubelet";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

const refused = (more: Partial<SiteInput>) => refusal(site(threeHosts, more));
const kubelet = (fields: NonNullable<SiteInput["kubernetes"]["kubelet"]>) =>
  refused({ kubernetes: { version: "1.36.3", kubelet: fields } });
const network = (more: Partial<SiteInput["network"]>) => refused({ network: { ...site([]).network, ...more } });
const hypervisor = (more: object) =>
  refused({ hypervisor: { ...site([]).hypervisor, ...more } as SiteInput["hypervisor"] });

describe("a kubelet that could not start, or pods without an address", () => {
  test.each([
    ["a cipher suite that there is not", { tlsCipherSuites: ["TLS_SHOP"] }, "tlsCipherSuites[0]"],
    ["OpenSSL's name of one", { tlsCipherSuites: ["ECDHE-RSA-AES128-GCM-SHA256"] }, "tlsCipherSuites[0]"],
    ["more memory for the system than there is", { systemReserved: { memory: "900Gi" } }, "systemReserved.memory"],
    ["more memory for Kubernetes", { kubeReserved: { memory: "1Ti" } }, "kubeReserved.memory"],
    ["all CPUs", { systemReserved: { cpu: "64" } }, "systemReserved.cpu"],
    ["the whole disk", { kubeReserved: { "ephemeral-storage": "1Pi" } }, "kubeReserved.ephemeral-storage"],
    ["pods evicted at all times", { evictionHard: { "memory.available": "100%" } }, "evictionHard.memory.available"],
    ["more pods than addresses", { maxPods: 254 }, "maxPods"],
  ] as const)("%s", (_, fields, path) => {
    const told = kubelet(fields as never);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/: .+; .+/);
    expect(told[0]?.startsWith(`kubernetes.kubelet.${path}: `), told[0]).toBe(true);
  });

  test("what fits is taken", () => {
    expect(
      kubelet({
        tlsCipherSuites: ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
        systemReserved: { memory: "1Gi", cpu: "200m" },
        evictionHard: { "memory.available": "5%" },
        maxPods: 253,
      }),
    ).toEqual([]);
  });

  test.each(["registerWithTaints", "tlsCipherSuites"])("%s that is no list is told as that", (field) => {
    for (const value of [5, "all", {}, true])
      expect(kubelet({ [field]: value }), JSON.stringify(value)).toEqual([expect.stringContaining(`.${field}: `)]);
  });

  test("a pool's own field is judged by its machines", () => {
    const workers = [
      { name: "small", count: 1, cpus: 2, memoryGiB: 4, kubelet: { systemReserved: { memory: "5Gi" } } },
    ];
    expect(refused({ workers })).toEqual([expect.stringMatching(/^workers\[0\]\.kubelet\.systemReserved\.memory: /)]);
  });

  test("by default a node has no more pods than addresses", () => {
    const spec = parseSite(site(threeHosts, { network: { ...site([]).network, nodePodPrefix: 28 } }));
    const plan = planSite(spec);
    const nodes = plan.machines.filter(({ podCidr }) => podCidr !== undefined);
    expect(nodes.length).toBeGreaterThan(2);
    for (const machine of nodes) expect(kubeletMachineConfiguration(plan, machine)).toContain("\nmaxPods: 13\n");
  });
});

describe("names and places that cannot be", () => {
  test.each(["/", "../x", "a/../b", "a//b", "/a", "a/", "."])("machines in the folder %s", (folder) => {
    expect(hypervisor({ folder })).toEqual([expect.stringMatching(/^hypervisor\.folder: .+; .+/)]);
  });

  test.each(["stores", "stores/042", "a.b"])("the folder %s is one", (folder) => {
    expect(hypervisor({ folder })).toEqual([]);
  });

  test("a role twice in a further network", () => {
    const further = { name: "storage", network: "S", cidr: "10.0.50.0/24", machines: "10.0.50.10-10.0.50.60" };
    expect(hypervisor({ networks: [{ ...further, roles: ["worker", "worker"] }] })).toEqual([
      expect.stringMatching(/^hypervisor\.networks\[0\]\.roles: .+; name each role once$/),
    ]);
  });

  test.each(["com", "local.", "de", "localhost"])("a cluster in the domain %s", (domain) => {
    expect(network({ domain })).toEqual([expect.stringMatching(/^network\.domain: .+; .+/)]);
  });

  test.each(["/dev/sda", "/dev/mapper/a", "a/b", "/", "/dev/disk/by-id/../../sda"])("a device %s", (id) => {
    const [first, ...others] = threeHosts;
    const devices = [{ ...first?.devices?.[0], id }, ...(first?.devices?.slice(1) ?? [])];
    expect(refusal(site([{ ...first, devices } as never, ...others]))).toEqual([
      expect.stringMatching(/^hosts\[0\]\.devices\[0\]\.id: .+; .+/),
    ]);
  });
});

describe("backups that are too old before the next one", () => {
  const backup = (schedule: string, maximumAgeHours: number) =>
    refused({
      backup: {
        recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
        targets: [{ kind: "s3", endpoint: "https://s3.example", bucket: "backups" }],
        schedule,
        maximumAgeHours,
      },
    });

  test.each([
    ["weekly", 1, 168],
    ["Sun 03:00", 100, 168],
    ["Mon *-*-* 03:00", 100, 168],
    ["*-*-* 02:00", 12, 24],
    ["*-*-01 02:00", 100, 672],
    ["monthly", 168, 672],
    ["yearly", 8000, 8736],
    ["daily", 6, 24],
  ])("%s, at most %i hours", (schedule, hours, least) => {
    expect(backup(schedule, hours)).toEqual([expect.stringMatching(/^backup\.maximumAgeHours: .+; use at least \d+/)]);
    expect(backup(schedule, Math.min(least, 8760))).toEqual([]);
  });

  test.each(["hourly", "minutely", "*:0/15", "*-*-* *:30", "02,14:00", "Mon..Fri *:00", "*-*-* 00/6:00"])(
    "%s comes often enough for an hour, or nobody can tell",
    (schedule) => {
      expect(isCalendarEvent(schedule) && comesForEver(schedule)).toBe(true);
      expect(leastHoursBetween(schedule)).toBeLessThanOrEqual(1);
    },
  );
});
