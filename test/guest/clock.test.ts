import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { clockFiles } from "../../site/render/chrony";
import { site, threeHosts } from "../support/sites";
import { Guest } from "./guest";
import { partOfUp } from "./partOfUp";

// What keeps a machine's clock, on a machine of the image: its systemd, its chrony, and the part of the program of `up` that puts it to use.

const described = site(threeHosts);
const plan = planSite(parseSite({ ...described, network: { ...described.network, ntp: ["10.0.42.3"] } }));
const [member] = machinesOf(plan, "etcd");
if (member === undefined) throw new Error("a site has members");
const files = clockFiles(plan, member);

let guest: Guest;
beforeAll(async () => {
  guest = await Guest.start(await loadMachineImage(), {});
  await guest.booted();
  for (const { path, content, mode } of files) guest.write(path, content.join(""), mode);
  guest.run("systemctl", "daemon-reload");
});
afterAll(() => guest?.remove());

/** As `up` does it each time; what it says. */
const up = () => guest.run("bash", "-c", partOfUp(files, "clock"));
const show = (unit: string, property: string) => guest.run("systemctl", "show", "--value", "-p", property, unit).trim();

test("chrony is started anew once, and asks the time server and the machines of the site", () => {
  const before = show("chrony", "MainPID");
  expect(up()).toBe("");
  const after = show("chrony", "MainPID");
  expect(after).not.toBe(before);
  const asked = guest.run("chronyc", "-c", "-n", "sources").split("\n");
  const addresses = asked.map((line) => line.split(",")[2]);
  expect(addresses).toContain("10.0.42.3");
  for (const { address } of machinesOf(plan, "etcd", "control-plane").filter(({ name }) => name !== member.name))
    expect(addresses).toContain(address);
  expect(up()).toBe("");
  expect(show("chrony", "MainPID")).toBe(after);
});

test("the hour is remembered, and looked after by a timer, after the next boot, too", async () => {
  const known = () => Number(guest.run("stat", "-c", "%Y", "/usr/lib/clock-epoch").trim());
  expect(Math.abs(Date.now() / 1000 - known())).toBeLessThan(600);
  guest.run("touch", "-d", "2001-01-01", "/usr/lib/clock-epoch");
  await guest.restart();
  expect(show("groundwork-clock.timer", "ActiveState")).toBe("active");
  guest.run("systemctl", "start", "groundwork-clock.service");
  expect(show("groundwork-clock.service", "Result")).toBe("success");
  expect(Math.abs(Date.now() / 1000 - known())).toBeLessThan(600);
});
