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

/** The site of a preset's kind; broken, as its owner must not have it. */
function planOf({ site, change }: Fitting, broken: boolean): SitePlan {
  const plan = demoPlan((described) => {
    described.hypervisor.allowUnverifiedSsl = false;
    site?.(described);
  });
  if (broken) change?.(plan);
  return plan;
}

describe("presets, through the pulumi command", () => {
  let center: TestCenter;
  beforeAll(async () => {
    center = await startTestCenter(demoPlan(withThirdDevices).spec);
  });
  afterAll(() => center?.stop());

  /** How sites of one project fare under a pack. */
  async function previewed(plans: SitePlan[], under: string, set: Props = settings) {
    const everything = demoPlan((site) => {
      site.hypervisor.allowUnverifiedSsl = plans.some(({ spec }) => (spec.hypervisor as Props).allowUnverifiedSsl);
      withThirdDevices(site);
    });
    const project = await projectOf(together(plans.map(stackOf)), center, everything);
    try {
      project.write("policies.json", JSON.stringify({ settings: set }));
      return await project.preview("--policy-pack", under, "--policy-pack-config", "policies.json");
    } finally {
      project.remove();
    }
  }

  describe.each(fittings)("$preset", (fitting) => {
    const folder = join(pack, "presets", fitting.preset);

    it("passes a site of its kind", async () => {
      const { code, output } = await previewed([planOf(fitting, false)], folder);
      expect(output.split("\n").filter((line) => line.includes("[mandatory]"))).toEqual([]);
      expect(output).toContain(`groundwork-${fitting.preset}@v`);
      expect(code, output).toBe(0);
    });

    it(`refuses what breaks ${fitting.rule}`, async () => {
      const { code, output } = await previewed([planOf(fitting, true)], folder, fitting.settings);
      expect(output).toContain(`[mandatory]  ${fitting.rule} `);
      expect(output).toContain(fitting.says);
      expect(code).not.toBe(0);
    });
  });

  it("refuse what the pack alone only advises against", async () => {
    const given = Object.assign({}, settings, ...fittings.map((fitting) => fitting.settings));
    const plans = fittings.map((fitting) => planOf(fitting, true));
    const { code, output } = await previewed(plans, pack, given);
    for (const { rule, says } of fittings) {
      expect(output).toContain(`[advisory]  ${rule} `);
      expect(output).toContain(says);
    }
    expect(output).not.toContain("[mandatory]");
    expect(code, output).toBe(0);
  });
});
