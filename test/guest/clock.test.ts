import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { clockFiles } from "../../site/render/chrony";
import { shell } from "../../site/render/shell";
import { functionOf } from "../support/shellProgram";
import { site, threeHosts } from "../support/sites";
import { Guest } from "./guest";

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
  for (const { path, content, mode } of files) {
    guest.run("mkdir", "-p", path.slice(0, path.lastIndexOf("/")));
    guest.run(
      "sh",
      "-c",
      `cat >${path} <<'END'\n${content.join("").trimEnd()}\nEND\nchmod ${mode.toString(8)} ${path}`,
    );
  }
  guest.run("systemctl", "daemon-reload");
});
afterAll(() => guest?.remove());

/** As `up` does it each time; what it says. */
function up(): string {
  const common = shell("common");
  const parts = ["reads", "digest", "changed", "applied", "enable", "clock"];
  const line = ({ path, units, mode, owner }: (typeof files)[number]) =>
    `0${mode.toString(8)} ${owner} ${path} ${units.join(",") || "-"}`;
  const program = [
    "set -Eeuo pipefail",
    "declare -A INSTALLED=()",
    "STATE=/var/lib/groundwork",
    "mkdir -p $STATE/applied",
    "say() { echo $*; }",
    `FILES='${files.map(line).join("\n")}'`,
    ...parts.map((name) => oneLine(common, name)),
    "clock",
  ];
  return guest.run("bash", "-c", program.join("\n"));
}

/** Short functions are on one line. */
function oneLine(program: string, name: string): string {
  return new RegExp(`^${name}\\(\\) \\{ .* \\}$`, "m").exec(program)?.[0] ?? functionOf(program, name);
}

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
