import { statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { Chrony, MachineClock, onLoopback, TimeServer } from "../support/chronyd";
import { site, threeHosts } from "../support/sites";

// Clocks of a site whose machines were off, with flat batteries, and time servers that come late or never: by the real chronyd, which sets no clock
// here and says what it would do, and the program that each machine's timer starts.

const ntp = "10.0.42.3";
const described = site(threeHosts);
const plan = planSite(parseSite({ ...described, network: { ...described.network, ntp: [ntp] } }));
const number = ({ address }: MachinePlan) => Number(address.split(".").at(-1));
/** Where several lead, the first one is followed: its address is the lowest. */
const [first, second, third] = machinesOf(plan, "etcd", "control-plane").sort((a, b) => number(a) - number(b));
const planes = machinesOf(plan, "control-plane") as [MachinePlan, MachinePlan];
if (!first || !second || !third) throw new Error("a site has more machines than that");

const MONTH = 30 * 86_400;
const OWN = "127.127.1.1";
const at = ({ address }: MachinePlan) => onLoopback(address);
let chrony: Chrony;
let running: { stop(): unknown }[] = [];
beforeAll(async () => {
  chrony = await Chrony.unpack();
});
afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
});
afterAll(() => chrony.remove());

async function started(machine: MachinePlan, behind = 0): Promise<MachineClock> {
  const clock = await MachineClock.start(chrony, plan, machine, behind);
  running.push(clock);
  await until(`${machine.name} takes commands`, async () => (await clock.told("tracking")).includes("Stratum"));
  return clock;
}

async function until(what: string, is: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; !(await is()); i++) {
    if (i === 600) throw new Error(`${what}: not within two minutes`);
    await sleep(200);
  }
}

/** Whether chrony decided to set the clock by so many seconds, give or take one. */
const set = ({ log }: MachineClock, seconds: number) =>
  [...log.matchAll(/wrong by (-?[\d.]+) seconds\n.*Could not step/g)].some(
    ([, by]) => Math.abs(Number(by) - seconds) < 1,
  );
const heard = (clock: MachineClock, from: MachinePlan) =>
  until(`${from.name} is heard`, async () => / valid RX +: [1-9]/.test(await clock.told("ntpdata", at(from))));

describe("clocks of a site that no time server sets (O1, S2)", () => {
  it("follow one of them, which hears the others: one that hears nobody leads nobody", async () => {
    const clocks = [await started(first), await started(third)];
    const [one, other] = clocks as [MachineClock, MachineClock];
    await heard(one, third);
    await one.looksAfter();
    expect(await one.follows()).toBe(OWN);
    const follows = () =>
      until("the other follows", async () => {
        await other.told("burst", "4/4");
        return (await other.follows()) === at(first);
      });
    await follows();
    await other.looksAfter();
    await follows();
    const late = await started(second, 2400);
    await late.looksAfter();
    await until("one that is 40 minutes behind is set", () => set(late, 2400));
    for (const clock of clocks) expect(clock.log).not.toContain("wrong by");
  });

  it("are not led by one that comes back months behind, though it would lead them by its address", async () => {
    const stale = await started(first, 2 * MONTH);
    await sleep(3000);
    await stale.looksAfter();
    expect(await stale.follows()).toBe("");
    const clocks = [await started(second), await started(third)];
    for (const clock of clocks) await heard(clock, first);
    for (const clock of clocks) await clock.looksAfter();
    await until("the one that was away is set", async () => {
      await stale.told("burst", "4/4");
      return set(stale, 2 * MONTH);
    });
    for (const clock of clocks) expect(clock.log).not.toContain("wrong by");
  });

  it("are not led by two that were away and hear each other alone, before and after they hear the others", async () => {
    const away = [await started(planes[0], 2 * MONTH), await started(planes[1], 2 * MONTH)];
    const [one, other] = away as [MachineClock, MachineClock];
    await heard(one, planes[1]);
    await heard(other, planes[0]);
    for (const clock of away) {
      expect(await clock.looksAfter()).toBe("");
      await clock.told("burst", "4/4");
    }
    await sleep(3000);
    expect([await one.follows(), await other.follows()]).toEqual(["", ""]);
    const clocks = [await started(second), await started(third)];
    await heard(clocks[0] as MachineClock, third);
    await heard(clocks[1] as MachineClock, second);
    for (const clock of clocks) await clock.looksAfter();
    for (const clock of away)
      await until("those that were away are set", async () => {
        await clock.told("burst", "4/4");
        return set(clock, 2 * MONTH);
      });
    for (const clock of clocks) expect(clock.log).not.toContain("wrong by");
  });

  it("are set when a time server answers late, be they years behind or in 1970, at whatever look", async () => {
    const since1970 = Math.floor(Date.now() / 1000) - 86_400;
    const clocks = [await started(second), await started(third, since1970)];
    const [one, other] = clocks as [MachineClock, MachineClock];
    await heard(one, third);
    await one.looksAfter();
    await other.looksAfter();
    const looks = () => other.log.split("Could not step").length - 1;
    await until("the distribution's three looks are over", async () => {
      await other.told("burst", "4/4");
      return looks() > 3;
    });
    const ahead = 14 * MONTH;
    running.push(await TimeServer.start(onLoopback(ntp), ahead));
    await until("a clock of 14 months ago is set", async () => {
      await one.told("burst", "4/4");
      return set(one, ahead);
    });
    await until("a clock of 1970 is set", async () => {
      await other.told("burst", "4/4");
      return set(other, since1970 + ahead);
    });
  });
});

describe("the hour at which a machine with a flat battery begins", () => {
  const known = ({ floor }: MachineClock) => Math.floor(statSync(floor).mtimeMs / 1000);
  const present = () => Math.floor(Date.now() / 1000);
  /** A machine that has known an hour so many seconds from now. */
  async function machine(seconds: number): Promise<MachineClock> {
    const clock = await started(first as MachinePlan);
    writeFileSync(clock.floor, "");
    utimesSync(clock.floor, present() + seconds, present() + seconds);
    return clock;
  }

  it("goes on with the clock, and not back with one of 1970", async () => {
    const clock = await machine(-86_400);
    const before = present();
    expect(await clock.looksAfter()).toBe("");
    expect(known(clock)).toBeGreaterThanOrEqual(before);
    const last = known(clock);
    clock.now = 86_400;
    expect(await clock.looksAfter()).toMatch(
      /^the clock is at 1970-01-02T00:00:00Z, and this machine has known 2\S+Z: see `chronyc sources` and network\.ntp\n$/,
    );
    expect(known(clock)).toBe(last);
  });

  it("is one that was known, whenever its writing is killed", async () => {
    const clock = await machine(-86_400);
    const [earliest, begun] = [known(clock), present()];
    const hours = new Set<number>();
    for (let milliseconds = 0; milliseconds < 200; milliseconds += 5) {
      utimesSync(clock.floor, earliest, earliest);
      await clock.isCutOff(milliseconds);
      hours.add(known(clock));
    }
    for (const hour of hours) expect(hour === earliest || (hour >= begun && hour <= present()), `${hour}`).toBe(true);
    expect(hours.size, "some were killed before it was written, and some after").toBeGreaterThan(1);
  });

  it("goes back with a clock that a time server sets, after one that ran ahead, and with no other", async () => {
    const clock = await machine(20 * MONTH);
    expect(await clock.looksAfter()).toContain("this machine has known");
    expect(known(clock)).toBeGreaterThan(present() + 19 * MONTH);
    running.push(await TimeServer.start(onLoopback(ntp), 0));
    await until("it follows the time server", async () => {
      await clock.told("burst", "4/4");
      return (await clock.follows()) === onLoopback(ntp);
    });
    expect(await clock.looksAfter()).toBe("");
    expect(known(clock)).toBeLessThanOrEqual(present());
  });
});
