import { afterAll, beforeAll, expect, test } from "vitest";
import type { Status } from "../../cli/status/model";
import type { FleetOverview } from "../../fleet/overview/model";
import { type Ended, RunningSite, until } from "../support/lab/site";

// O1: one screen tells how the site is; what does not answer is told as that.

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});
afterAll(() => site.control.startMachine(stopped()));

const stopped = () => site.machines("etcd").at(-1)?.name ?? "";

function status(...flags: string[]): Promise<Ended> {
  const file = site.stack.configFile ?? "";
  return site.attempt("node", ["cli/groundwork.cjs", "status", "--stack", site.lab, "--config-file", file, ...flags]);
}

test("a site that is well says so, with its members, the holder of its address and its versions", async () => {
  const { code, text } = await until("the site is well", 60, async () => {
    const ended = await status();
    if (ended.code !== 0) throw new Error(ended.text);
    return ended;
  });
  expect([code, text.split("\n")[0]]).toEqual([0, `${site.plan.site} is well.`]);
  expect(text).toContain(`${site.machines().length} of ${site.machines().length} well`);
  expect(text).toMatch(/etcd-\w \([\d.]+ [KMG]iB, fsync [\d.]+ ms \([\d.]+ ms at first\), leads\)/);
  expect(text).toMatch(new RegExp(`${site.plan.vip}, held by ${site.plan.site}-load-balancer-\\w\\n`));
  expect(text).toContain(`Kubernetes v${site.plan.spec.kubernetes.version}`);
  expect(text.split("\n").length).toBeLessThan(25);
});

test("a member that is off is told with what to do and what one more would cost; what hides the state is told, too", async () => {
  await site.control.stopMachine(stopped());
  const { code, stdout, text } = await status("--json");
  expect(code, text).toBe(1);
  const told = JSON.parse(stdout) as Status;
  expect(told.well).toBe(false);
  expect(told.needs.map(({ what }) => what)).toEqual([
    `${stopped()} on ${site.machine(stopped()).host}: does not answer`,
  ]);
  expect(told.fatal.some(({ kind, costs }) => kind === "machine" && costs.includes("etcd's majority"))).toBe(true);
  const { code: unreadable, text: why } = await site.attempt(
    "node",
    ["cli/groundwork.cjs", "status", "--stack", site.lab, "--config-file", site.stack.configFile ?? ""],
    { env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } },
  );
  expect(unreadable, why).toBe(2);
});

test("the site is a line of its fleet, with the date until which it lives alone", async () => {
  const args = ["cli/groundwork.cjs", "fleet", "status", "--project", site.paths.folder, "--json"];
  const { stdout, text } = await site.attempt("node", args);
  const { sites } = JSON.parse(stdout) as FleetOverview;
  expect(sites, text).toHaveLength(1);
  expect(sites[0]).toMatchObject({ stack: site.lab, site: site.plan.site, rank: { of: expect.any(Number) } });
  expect(sites[0]?.kubernetes).toContain(site.plan.spec.kubernetes.version);
  expect(sites[0]?.alone?.days).toBeGreaterThan(700);
});
