import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { shell } from "../../site/render/shell";
import { functionOf } from "../support/shellProgram";
import { Guest } from "./guest";

// What stays of two years of backups at a target, by the program that makes them and the image's rclone, over a folder.

const FOLDER = "/srv/backups";
let guest: Guest;
beforeAll(async () => {
  guest = await Guest.start(await loadMachineImage(), {});
  await guest.booted();
  guest.write("/etc/groundwork/backup/rclone.conf", "[t0]\ntype = local\n");
});
afterAll(() => guest?.remove());

const HOUR = 3_600_000;
const now = Date.now();
/** A backup's name, of so many hours ago. */
const named = (hours: number, site = "shop") =>
  `${site}-${new Date(now - hours * HOUR).toISOString().replace(/[-:]|\.\d+/g, "")}`;

function there(files: readonly string[]): void {
  guest.run("sh", "-c", `rm -rf ${FOLDER} && mkdir -p ${FOLDER}`);
  guest.write("/tmp/names", `${files.join("\n")}\n`);
  guest.run("sh", "-c", `cd ${FOLDER} && xargs --no-run-if-empty touch </tmp/names`);
}

/** What is there after the newest one was made; `date` says when that was. */
function afterForgetting({ last, days, date = "" }: { last: number; days: number; date?: string }): string[] {
  const program = [
    "set -euo pipefail",
    "export LC_ALL=C",
    `FOLDER=/etc/groundwork/backup SITE=shop NAME=${named(0)} KEEP_LAST=${last} KEEP_DAYS=${days} WORK=/tmp`,
    date,
    functionOf(shell("etcd-backup"), "remote"),
    functionOf(shell("etcd-backup"), "forget"),
    `forget t0:${FOLDER} -`,
  ];
  guest.run("bash", "-c", program.join("\n"));
  return guest.run("ls", FOLDER).trim().split("\n");
}

const both = (name: string) => [`${name}.json`, `${name}.tar.age`];
const hours = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const TWO_YEARS = 2 * 365 * 24;

describe("backups of two years at a target (D1)", () => {
  test("are those of the last days, and the newest ones whatever their age", () => {
    const all = hours(0, TWO_YEARS, 24 * 14).map((age) => named(age));
    there(all.flatMap(both));
    const young = all.slice(0, Math.ceil(30 / 14));
    expect(afterForgetting({ last: 2, days: 30 })).toEqual(young.flatMap(both).sort());
    there(all.flatMap(both));
    expect(afterForgetting({ last: 10, days: 1 })).toEqual(all.slice(0, 10).flatMap(both).sort());
  });

  test("never become more while they are made one after another", () => {
    let present: string[] = [];
    const counts: number[] = [];
    there([]);
    for (const age of hours(0, TWO_YEARS, 24 * 14).reverse()) {
      guest.run("sh", "-c", `cd ${FOLDER} && touch ${both(named(age)).join(" ")} ${named(age + 24 * 7)}.partial`);
      const then = `date() { command date -u -d "@$(($(command date -u -d "\${3:-now}" +%s) - ${age} * 3600))" "\${@: -1}"; }`;
      present = afterForgetting({ last: 3, days: 60, date: then });
      counts.push(present.length);
    }
    // Two files each of five in 60 days, and one that came to the day.
    expect(Math.max(...counts)).toBeLessThanOrEqual(12);
    expect(present).toEqual(expect.arrayContaining(both(named(0))));
    expect(present.filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("leave nothing of runs that were cut off, but for a day; what others keep there stays", () => {
    const kept = [...both(named(1)), ...both(named(2))];
    const cutOff = [
      `${named(30)}.partial`,
      `${named(400)}.partial`,
      `${named(48)}.tar.age`,
      `${named(TWO_YEARS)}.tar.age`,
    ];
    const young = [`${named(3)}.partial`, `${named(4)}.tar.age`];
    const others = [...both(named(TWO_YEARS, "store")), "shop-notes.json", `${named(TWO_YEARS)}.tar.age.old`];
    there([...kept, ...cutOff, ...young, ...others]);
    expect(afterForgetting({ last: 5, days: 7 })).toEqual([...kept, ...young, ...others].sort());
  });

  test("all stay where the target does not say what it has", () => {
    const all = [`${named(48)}.tar.age`, ...both(named(TWO_YEARS))];
    there(all);
    const silent = 'rclone() { [[ $* != *lsf* ]] || { echo "no answer" >&2; return 1; }; command rclone "$@"; }';
    expect(() => afterForgetting({ last: 1, days: 1, date: silent })).toThrow();
    expect(guest.run("ls", FOLDER).trim().split("\n")).toEqual([...all].sort());
  });
});
