import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PresetName } from "../../policies/presets";
import type { SitePlan } from "../../site/plan/model";
import { placementRules } from "../../site/plan/placementRules";
import { demoPlan, type Props, stackOf, together } from "../support/demoStack";
import { pack, projectOf, startTestCenter, type TestCenter } from "../support/testCenter";
import { soundSettings } from "./givenSettings";

/** A site of a preset's kind, and what is only advice without the preset. */
interface Fitting {
  preset: PresetName;
  /** How the site differs from the demo. */
  site?: (site: Props) => void;
  /** What its owner does against the preset. */
  change?: (plan: SitePlan) => void;
  settings?: Props;
  rule: string;
  says: string;
}

const withThirdDevices = (site: Props) => {
  for (const [i, host] of site.hosts.entries())
    host.devices.push({
      id: `naa.5000c500a00000${i + 1}3`,
      media: "ssd",
      capacityGiB: 480,
      datastore: `${host.name}-c`,
    });
};
const encrypted = [1, 2, 3].flatMap((host) => [1, 2, 3].map((n) => `naa.5000c500a00000${host}${n}`));
const settings = { ...soundSettings, encryption: { devices: encrypted } };

const fittings: Fitting[] = [
  {
    preset: "edge-single-host",
    site: (site) => {
      site.hosts = [{ ...site.hosts[0], memoryGiB: 128 }];
      withThirdDevices(site);
      site.workers[0].count = 1;
      delete site.workload;
    },
    settings: { ...settings, backup: { ...settings.backup, copiedTo: "esx-1" } },
    rule: "backup-elsewhere",
    says: "backup: the backups lie on esx-1, which is a part of the site; copy them to another room or site",
  },
  {
    preset: "edge-two-host",
    site: (site) => {
      site.hosts.pop();
      withThirdDevices(site);
      delete site.workload;
    },
    change: (plan) => {
      for (const machine of plan.machines) {
        if (machine.name !== "demo-general-b") continue;
        machine.host = "esx-2";
        for (const disk of machine.disks) disk.datastore = "esx-2-b";
      }
      plan.rules = placementRules(plan.spec, plan.machines);
    },
    rule: "workers-different-hosts",
    says: "workers: all workers (demo-general-a and demo-general-b) are on host esx-2; add workers",
  },
  {
    preset: "datacenter",
    change: (plan) => {
      delete plan.spec.workload;
    },
    rule: "workload-declared",
    says: "workload: it is not said what must keep running; without esx-2 the workers have 3.9 CPUs and 13.1 GiB for pods",
  },
  {
    preset: "cis",
    site: (site) => {
      site.kubernetes.podNetwork = { kind: "cilium", version: "1.18.0" };
    },
    change: ({ spec }) => {
      Object.assign(spec.hypervisor, { allowUnverifiedSsl: true });
    },
    rule: "vcenter-verified",
    says: "vcenter: whoever answers at vCenter's address gets the user and password; trust vCenter's authority",
  },
];

describe.each(fittings)("the preset $preset, through the pulumi command", ({ preset, rule, says, ...fitting }) => {
  let center: TestCenter;
  beforeAll(async () => {
    center = await startTestCenter(demoPlan(withThirdDevices).spec);
  });
  afterAll(() => center?.stop());

  /** How the site fares, with what breaks it or without, under the preset or the pack alone. */
  async function previewed(broken: boolean, under: string) {
    const plan = demoPlan((site) => {
      site.hypervisor.allowUnverifiedSsl = false;
      fitting.site?.(site);
    });
    if (broken) fitting.change?.(plan);
    const project = await projectOf(together([stackOf(plan)]), center, plan);
    try {
      const set = broken ? (fitting.settings ?? settings) : settings;
      project.write("policies.json", JSON.stringify({ settings: set }));
      return await project.preview("--policy-pack", under, "--policy-pack-config", "policies.json");
    } finally {
      project.remove();
    }
  }
  const folder = join(pack, "presets", preset);

  it("passes a site of its kind", async () => {
    const { code, output } = await previewed(false, folder);
    expect(output.split("\n").filter((line) => line.includes("[mandatory]"))).toEqual([]);
    expect(output).toContain(`groundwork-${preset}@v`);
    expect(code, output).toBe(0);
  });

  it(`refuses what ${rule} only advises against without it`, async () => {
    const refused = await previewed(true, folder);
    expect(refused.output).toContain(`[mandatory]  ${rule} `);
    expect(refused.output).toContain(says);
    expect(refused.code).not.toBe(0);
    const advised = await previewed(true, pack);
    expect(advised.output).toContain(`[advisory]  ${rule} `);
    expect(advised.output).not.toContain("[mandatory]");
    expect(advised.code, advised.output).toBe(0);
  });
});
