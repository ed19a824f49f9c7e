import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { JOURNAL_MIB, logFiles } from "../../site/render/logs";
import { site, threeHosts } from "../support/sites";
import { Guest } from "./guest";
import { partOfUp } from "./partOfUp";

// Logs of a machine of the image: its journald, its timers, and the part of the program of `up` that puts both to use.

const plan = planSite(parseSite(site(threeHosts)));
const [member] = machinesOf(plan, "etcd");
if (member === undefined) throw new Error("a site has members");
const files = logFiles(plan, member);

let guest: Guest;
beforeAll(async () => {
  guest = await Guest.start(await loadMachineImage(), {});
  await guest.booted();
  // The lab's machines have their journal in memory; that of a site is on the disk.
  guest.run("rm", "/etc/systemd/journald.conf.d/lab.conf");
  for (const { path, content, mode } of files) guest.write(path, content.join(""), mode);
  guest.run("systemctl", "daemon-reload");
});
afterAll(() => guest?.remove());

/** As `up` does it each time; what it says. */
const up = () => guest.run("bash", "-c", partOfUp(files, "logs"));
const show = (unit: string, property: string) => guest.run("systemctl", "show", "--value", "-p", property, unit).trim();

describe("logs of a machine (S2)", () => {
  test("journald starts anew once, loses no service's word, and a timer looks after the others, after the next boot, too", async () => {
    guest.run("systemd-run", "--unit=talker", "sh", "-c", "while sleep 0.2; do echo still here; done");
    const before = show("systemd-journald", "MainPID");
    expect(up()).toBe("");
    const after = show("systemd-journald", "MainPID");
    expect(after).not.toBe(before);
    expect(up()).toBe("");
    expect(show("systemd-journald", "MainPID")).toBe(after);
    guest.run(
      "sh",
      "-c",
      "until journalctl -b -u talker --since=-1s -o cat | grep -q 'still here'; do sleep 0.2; done",
    );
    guest.run("sh", "-c", "head -c 5000000 /dev/zero >/var/log/groundwork.log");
    await guest.restart();
    expect(show("groundwork-logs.timer", "ActiveState")).toBe("active");
    expect(show("groundwork-logs.timer", "NextElapseUSecMonotonic")).not.toBe("infinity");
    guest.run("systemctl", "start", "groundwork-logs.service");
    expect(show("groundwork-logs.service", "Result")).toBe("success");
    expect(guest.run("stat", "-c", "%s", "/var/log/groundwork.log", "/var/log/groundwork.log.1")).toBe("0\n4194304\n");
  });

  test("two years of services' words, in small, leave the journal within its bound", () => {
    // The lab's machines do not begin with what a machine that boots does next.
    guest.run("journalctl", "--flush");
    // What does not compress, as fast as journald takes it: more than half as much again as may stay.
    const bytes = Math.round(JOURNAL_MIB * 2.2 * 2 ** 20);
    guest.run("sh", "-c", `base64 -w 40000 </dev/urandom | head -c ${bytes} | systemd-cat -t years`);
    guest.run("journalctl", "--sync");
    const mib = Number(guest.run("du", "-sm", "/var/log/journal").split("\t")[0]);
    expect(mib).toBeLessThanOrEqual(JOURNAL_MIB);
    // It was full, and threw away the oldest by itself.
    const kept = Number(guest.run("sh", "-c", "journalctl -t years -o cat | wc -c"));
    expect(kept).toBeLessThan(bytes);
    expect(kept).toBeGreaterThan(bytes / 5);
  });

  test("no program that rotates logs is in the image, and nothing that fills a disk starts by itself", () => {
    expect(guest.run("sh", "-c", "command -v logrotate rsyslogd cron || true")).toBe("");
    const timers = guest.run("systemctl", "list-timers", "--all", "--plain", "--no-legend", "--output=json");
    const units = (JSON.parse(timers) as { unit: string }[]).map(({ unit }) => unit).sort();
    expect(units).toEqual(["fstrim.timer", "groundwork-logs.timer", "systemd-tmpfiles-clean.timer"]);
    for (const unit of ["ssh", "chrony", "kubelet", "haproxy", "keepalived", "systemd-journald"])
      expect([unit, show(unit, "LimitCORESoft")]).toEqual([unit, "0"]);
  });
});
