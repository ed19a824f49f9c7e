import { describe, expect, it } from "vitest";
import { statusOf } from "../../cli/status/judge";
import type { SiteSeen } from "../../cli/status/seen";
import { answers, seen } from "../support/statusSeen";

describe("alerts of a site that is watched", () => {
  /** As vmalert answers, https://docs.victoriametrics.com/victoriametrics/vmalert/#web. */
  const alert = (alertname: string, severity: string, state = "firing") => ({
    state,
    labels: { alertname, severity, site: "shop" },
    annotations: { summary: `${alertname} it is.`, runbook: "A machine does not work" },
  });
  const told = (...alerts: object[]) => answers(`alerts\t${JSON.stringify({ status: "success", data: { alerts } })}\n`);
  const watched = (change: (machines: SiteSeen["machines"]) => void) =>
    statusOf(
      seen((all) => {
        all.facts = {
          ...all.facts,
          monitoring: { retentionDays: 30, diskGiB: 2, logsGiB: 0, memoryMiB: 228, routes: 0 },
        };
        change(all.machines);
      }),
    );
  const planes = ["shop-control-plane-a", "shop-control-plane-b"];

  it("need a person if they are critical, and are a note if not; each once, whoever tells it", () => {
    const status = watched((machines) => {
      for (const name of planes)
        machines[name] = told(
          alert("EtcdMemberDown", "critical"),
          alert("EtcdDiskSlow", "warning"),
          alert("DiskFull", "critical", "pending"),
        );
    });
    expect(status.needs).toEqual([
      { what: "alert EtcdMemberDown: EtcdMemberDown it is.", run: 'the site\'s runbook, "A machine does not work"' },
    ]);
    expect(status.notes).toEqual(["alert EtcdDiskSlow: EtcdDiskSlow it is."]);
    expect(status.well).toBe(false);
  });

  it("that nobody tells of are no good sign", () => {
    const silent = ["no control plane tells which alerts fire"];
    expect(watched((machines) => Object.assign(machines, { [planes[0] ?? ""]: answers("alerts\t\n") })).notes).toEqual(
      silent,
    );
    expect(watched((machines) => Object.assign(machines, { [planes[0] ?? ""]: told() })).notes).toEqual([]);
  });
});
