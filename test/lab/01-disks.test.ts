import { beforeAll, describe, expect, it } from "vitest";
import { OWN_CONTAINERS } from "../../site/render/diskGrowth";
import { RunningSite } from "../support/lab/site";
import { reckonsWith } from "../support/reckoned";

interface Pod {
  spec: { nodeName: string; containers: object[] };
}

describe("disks of machines that run (S2)", () => {
  let site: RunningSite;
  beforeAll(async () => {
    site = await RunningSite.open();
  });

  it("have no log that the plan does not reckon with", async () => {
    const found = await Promise.all(
      site.machines().map(async (machine) => {
        const files = await site.ssh(machine.name, "find /var/log -type f -printf '%p\\n'");
        const logs = files.trim().split("\n").filter(Boolean);
        expect(logs, machine.name).toContain("/var/log/groundwork.log");
        return logs.filter((path) => !reckonsWith(site.plan, machine, path)).map((path) => `${machine.name}: ${path}`);
      }),
    );
    expect(found.flat()).toEqual([]);
  });

  it("have a timer that keeps logs small", async () => {
    for (const { name } of site.machines()) {
      const said = await site.ssh(
        name,
        "systemctl is-enabled groundwork-logs.timer; systemctl is-active groundwork-logs.timer",
      );
      expect([name, said]).toEqual([name, "enabled\nactive\n"]);
      expect(await site.ssh(name, "systemctl start groundwork-logs && systemctl show -P Result groundwork-logs")).toBe(
        "success\n",
      );
    }
  });

  it("are reckoned with as many containers of the site's own as a node has at most", async () => {
    const { items } = await site.kubectlJson<{ items: Pod[] }>("get", "pods", "--namespace", "kube-system");
    const counts = new Map<string, number>();
    for (const { spec } of items) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + spec.containers.length);
    // What watches a site has three more, MetalLB two.
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(OWN_CONTAINERS - 5);
  });
});
