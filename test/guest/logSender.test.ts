import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { machinesOf } from "../../site/plan/roles";
import type { FileSpec } from "../../site/render/file";
import { logSenderFiles } from "../../site/render/files/logSender";
import { LOG_SENDER_FOLDER } from "../../site/render/monitoring/logSender";
import { OWNER, OwnersServer } from "../support/ownersServer";
import { Rsyslog } from "../support/rsyslog";
import { freePort } from "../support/sshd";
import { watchedSite } from "../support/watched";
import { Guest } from "./guest";
import { partOfUp } from "./partOfUp";

// What sends the logs of a machine of the image, by its own rsyslog and systemd, and the part of the program of `up` that puts it to use.

let rsyslog: Rsyslog;
let owner: OwnersServer;
let guest: Guest;
let files: FileSpec[];
beforeAll(async () => {
  rsyslog = await Rsyslog.unpack();
  const port = await freePort();
  owner = new OwnersServer(rsyslog, port);
  owner.start();
  const ca = rsyslog.authority("owner");
  const plan: SitePlan = watchedSite({ logs: { sendTo: { server: "10.0.42.250", port, name: OWNER, ca } } });
  const [worker] = machinesOf(plan, "worker") as [MachinePlan];
  files = logSenderFiles(plan, worker);
  guest = await Guest.start(await loadMachineImage(), {});
  await guest.booted();
  const [, gateway = ""] = /via (\S+)/.exec(guest.run("ip", "-4", "route", "show", "default")) ?? [];
  for (const { path, content, mode } of files) {
    const text = content.map((part) => (typeof part === "string" ? part : rsyslog.authority("site"))).join("");
    guest.write(path, text.replaceAll("10.0.42.250", gateway).replace('interval="60"', 'interval="1"'), mode);
  }
  const own = join(rsyslog.folder, "guest");
  rsyslog.certificate(own, worker.name, "site");
  for (const end of ["crt", "key"])
    guest.write(`${LOG_SENDER_FOLDER}/machine.${end}`, readFileSync(`${own}.${end}`, "utf8"), 0o600);
  guest.run("systemctl", "daemon-reload");
});
afterAll(async () => {
  await guest?.remove();
  await owner?.stop();
  rsyslog?.remove();
});

const part = (of: readonly FileSpec[]) => partOfUp(of, "log_sender", ["active", "fail", "room_left", "quietly"]);
const up = (of = files) => guest.run("bash", "-c", part(of));
const show = (property: string) =>
  guest.run("systemctl", "show", "--value", "-p", property, "groundwork-log-sender").trim();
const patient = { timeout: 60_000, interval: 300 };

describe("logs of a machine that are sent (O1)", () => {
  test("by `up` once, in a service that may write nothing but what waits, after the next boot, too", async () => {
    guest.run("systemd-run", "--unit=early", "echo", "before anybody sends");
    expect(up()).toBe("");
    const first = show("MainPID");
    expect(up()).toBe("");
    expect(show("MainPID")).toBe(first);
    guest.run("systemd-run", "--unit=talker", "echo", 'said by "talker"');
    const line =
      /^<30>1 \d{4}-\d\d-\d\dT\S+ shop-general-a echo \d+ - \[groundwork@32473 source="journal" unit="talker.service"\] ?said by "talker"$/m;
    await expect.poll(() => owner.received, patient).toMatch(line);
    expect(owner.received).not.toContain("before anybody sends");
    const folder = "/var/log/pods/tills_till-0_00/app";
    const link = `/var/log/containers/till-0_tills_app-${"0a".repeat(32)}.log`;
    const said = "2026-11-29T18:00:00.123456789Z stdout F paid";
    guest.run("sh", "-c", `mkdir -p ${folder} /var/log/containers && echo '${said}' >${folder}/0.log`);
    guest.run("ln", "-s", `${folder}/0.log`, link);
    await expect
      .poll(() => owner.received, patient)
      .toMatch(/ app - - \[.* namespace="tills" pod="till-0" .*\] paid$/m);
    const denied = guest.run(
      "sh",
      "-c",
      "journalctl -u groundwork-log-sender -o cat | grep -i 'permission denied' || true",
    );
    expect(denied).toBe("");
    console.log(guest.run("sh", "-c", "grep VmHWM /proc/$(pgrep -x rsyslogd)/status"));
    await guest.restart();
    expect(show("ActiveState")).toBe("active");
    guest.run("systemd-run", "--unit=later", "echo", "after the boot");
    await expect.poll(() => owner.received, patient).toMatch(/ unit="later.service"\] ?after the boot$/m);
  });

  test("is told at once where rsyslog is not installed", () => {
    guest.run("sh", "-c", "mv /usr/sbin/rsyslogd /usr/sbin/rsyslogd.away; rm /var/lib/groundwork/applied/log-sender");
    let said = "";
    try {
      up();
    } catch (error) {
      said = String((error as { stderr: string }).stderr);
    }
    guest.run("mv", "/usr/sbin/rsyslogd.away", "/usr/sbin/rsyslogd");
    expect(said).toContain(
      "guest: rsyslog with rsyslog-gnutls is not installed, which sends logs; use a machine image that has them, or leave addons.monitoring.logs out",
    );
  });

  test("not any more once the description has none", () => {
    expect(up()).toBe("");
    expect(show("ActiveState")).toBe("active");
    // As `up` takes files away that it does not know any more.
    guest.run("sh", "-c", `rm -r ${LOG_SENDER_FOLDER} /etc/systemd/system/groundwork-log-sender.service`);
    guest.run("systemctl", "daemon-reload");
    expect(up([])).toBe("");
    expect(guest.run("sh", "-c", "pgrep -c rsyslogd || true").trim()).toBe("0");
    expect(guest.run("sh", "-c", "ls -d /var/lib/groundwork/log-sender 2>/dev/null || true")).toBe("");
  });
});
