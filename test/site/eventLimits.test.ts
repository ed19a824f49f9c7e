import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { SiteInput } from "../../site/description/spec";
import { assess } from "../../site/judge/assessment";
import { eventLimits, hourOfEvents } from "../../site/plan/eventLimits";
import { machineFiles } from "../../site/render/machine";
import { planned } from "../support/planning";
import { refusal } from "../support/refusal";
import { largeSite, site, threeHosts } from "../support/sites";

const limited = (
  eventRateLimit: NonNullable<SiteInput["kubernetes"]["eventRateLimit"]>,
  more: Partial<SiteInput> = {},
) => planned(site(threeHosts, { ...more, kubernetes: { version: "1.37.2", eventRateLimit } })).plan;
const perSecond = (plan: Parameters<typeof eventLimits>[0]) =>
  Object.values(eventLimits(plan) ?? {}).map((limit) => limit.perSecond);
const storms = (plan: ReturnType<typeof limited>) =>
  assess(plan).findings.flatMap(({ rule, path, message, severity }) =>
    rule === "event-storm" ? [`${severity} ${path}: ${message}`] : [],
  );

describe("the limit of events (S6)", () => {
  it("follows from the store's quota and the number of API servers", () => {
    expect(perSecond(limited({}))).toEqual([43, 21, 10, 10]);
    for (const count of [1, 3]) expect(perSecond(limited({}, { controlPlanes: { count } }))).toEqual([43, 21, 10, 10]);
    expect(perSecond(limited({}, { controlPlanes: { count: 5 } }))).toEqual([25, 12, 6, 6]);
    expect(perSecond(limited({}, { etcd: { quotaGiB: 8, diskGiB: 32, memoryGiB: 16 } }))).toEqual([172, 86, 43, 10]);
    expect(perSecond(limited({}, { etcd: { memoryGiB: 1 } }))).toEqual([10, 5, 2, 2]);
    expect(perSecond(planned(largeSite(60, 1200)).plan)).toEqual([172, 86, 43, 10]);
  });

  it("is of the store that events lie in", () => {
    const own = limited({}, { etcd: { memoryGiB: 4, events: { memoryGiB: 1 } } });
    expect(perSecond(own)).toEqual([10, 5, 2, 2]);
  });

  it("never lets the events of an hour take more than half of the quota", () => {
    for (const count of [1, 2, 3, 5])
      for (const quotaGiB of [1, 2, 4, 8]) {
        const plan = limited({}, { controlPlanes: { count }, etcd: { quotaGiB, diskGiB: 32, memoryGiB: 16 } });
        expect(hourOfEvents(plan)).toBeLessThanOrEqual(plan.etcd.quotaBytes / 2);
        expect(storms(plan)).toEqual([]);
      }
  });

  it("is the owner's where the owner says so, and others follow from it", () => {
    const plan = limited({
      server: { perSecond: 40 },
      namespace: { perSecond: 5, burst: 7 },
      sourceAndObject: { perSecond: 2 },
    });
    expect(eventLimits(plan)).toEqual({
      server: { perSecond: 40, burst: 400 },
      namespace: { perSecond: 5, burst: 7 },
      user: { perSecond: 10, burst: 100 },
      sourceAndObject: { perSecond: 2, burst: 20 },
    });
    expect(storms(plan)).toEqual([]);
    expect(storms(limited({ server: { perSecond: 600 } }))).toEqual([
      "advisory kubernetes.eventRateLimit.server: events of an hour may take 9492 MiB, and half of their store's quota is 1024",
    ]);
  });

  it("can be left out, which is told, and nothing of it is on machines then", () => {
    const plan = limited({ enabled: false });
    const [first] = plan.machines.filter(({ role }) => role === "control-plane");
    if (first === undefined) throw new Error("no control plane");
    const files = new Map(machineFiles(plan, first).map(({ path, content }) => [path, content.join("")]));
    expect(files.get("/etc/kubernetes/apiserver/event-rate-limit.yaml")).toBeUndefined();
    expect([...files.values()].join("")).not.toContain("EventRateLimit");
    expect(parse(files.get("/etc/kubernetes/apiserver/admission.yaml") ?? "").plugins).toHaveLength(1);
    expect(storms(plan)).toEqual([
      "advisory kubernetes.eventRateLimit.enabled: events have no limit: a storm fills etcd",
    ]);
    expect(assess(plan).findings.filter(({ rule }) => rule === "api-admission")).toEqual([]);
  });

  it.each([
    [{ server: { perSecond: 0 } }, "kubernetes.eventRateLimit.server.perSecond"],
    [{ user: { perSecond: 1.5 } }, "kubernetes.eventRateLimit.user.perSecond"],
    [{ namespace: { perSecond: 5, burst: 0 } }, "kubernetes.eventRateLimit.namespace.burst"],
  ])("is no %o", (eventRateLimit, path) => {
    const lines = refusal(site(threeHosts, { kubernetes: { version: "1.37.2", eventRateLimit } }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${path}: `);
  });
});
