import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tarball } from "../../components/archive";
import { shell } from "../../site/render/shell";
import { Chrony } from "../support/chronyd";

// What puts successors in force, and what gives out what opens them, each by a clock of its own. Where sshd stands at a site, the keeper's program is started
// as sshd starts it; what `up` leaves to install files with is a program that writes down what it was given.

const [FIRST, SECOND] = [1_900_000_000, 1_930_000_000];
const HOUR = 3600;
let base: Chrony;
let folder: string;
beforeAll(async () => {
  base = await Chrony.unpack();
});
afterAll(() => base.remove());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-successor-"));
  for (const name of ["bin", "keeper/bin", "keeper/kept", "state", "successors", "run", "etc"])
    mkdirSync(join(folder, name), { recursive: true });
  write("successors/schedule", `1 ${FIRST}\n2 ${SECOND}\n`);
  write("successors/keepers", "10.0.42.10\n");
  for (const [i, due] of [FIRST, SECOND].entries()) {
    const identity = await generateX25519Identity();
    write(`keeper/kept/shop-etcd-a-${i + 1}`, `${due} ${identity}\n`);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const sealed = [
      { path: `files${folder}/etc/a.crt`, mode: 0o600, owner: "root:root", content: `generation ${i + 1}\n` },
    ];
    write(`successors/${i + 1}.age`, armor.encode(await encrypter.encrypt(await tarball(sealed))));
  }
  write("etc/a.crt", "generation 0\n");
  write("state/files", `${folder}/etc/a.crt\n`);
  write("state/identity", "one\n");
  write("state/apply", `#!/bin/bash\ncp "$(dirname "$0")/files${folder}/etc/a.crt" ${folder}/etc/a.crt\n`);
  const keeper = shell("keeper").replace("PATH=", `PATH=${folder}/keeper/bin:`);
  program("keeper/program", keeper.replace("/var/lib/groundwork-keeper", `${folder}/keeper`));
  program("bin/ssh", `#!/bin/bash\nSSH_ORIGINAL_COMMAND=\${*: -1} exec ${folder}/keeper/program shop-etcd-a\n`);
  program("bin/age", `#!/bin/sh\nexec ${base.folder}/usr/bin/age "$@"\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const program = (path: string, text: string) => writeFileSync(join(folder, path), text, { mode: 0o755 });
const read = (path: string) => readFileSync(join(folder, path), "utf8");

/** The machine's timer comes round: at such a time by its own clock, and at the same or another by its keeper's. */
async function comesRound(now: number, keepers = now): Promise<{ code: number; said: string }> {
  for (const [bin, seconds] of [
    ["bin", now],
    ["keeper/bin", keepers],
  ] as const)
    program(`${bin}/date`, `#!/bin/sh\nif [ "$*" = +%s ]; then echo ${seconds}; else exec /usr/bin/date "$@"; fi\n`);
  const text = shell("successor")
    .replace("PATH=", `PATH=${folder}/bin:`)
    .replace("STATE=/var/lib/groundwork", `STATE=${folder}/state`)
    .replace("FOLDER=/etc/groundwork", `FOLDER=${folder}`)
    .replace("/run/groundwork.", `${folder}/run/groundwork.`);
  return promisify(execFile)("bash", ["-c", text]).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (e: { code: number; stdout: string; stderr: string }) => ({ code: e.code, said: e.stdout + e.stderr }),
  );
}

const inForce = () =>
  existsSync(join(folder, "state/successor-in-force")) ? read("state/successor-in-force").split(" ")[1] : "";
const everything = () =>
  createHash("sha256").update(["etc/a.crt", "successors/1.age", "successors/2.age"].map(read).join()).digest("hex");

describe("successors by a clock that is wrong (S2)", () => {
  it("in 1970 none is put in force, and none that is goes back", async () => {
    const before = everything();
    expect(await comesRound(60)).toEqual({ code: 0, said: "successors are wanted from 2030-03-17T17:46:40Z on\n" });
    expect([everything(), inForce()]).toEqual([before, ""]);
    expect(await comesRound(FIRST + HOUR)).toEqual({
      code: 0,
      said: expect.stringContaining("generation 1 of this machine's certificates is in force"),
    });
    expect([read("etc/a.crt"), inForce()]).toEqual(["generation 1\n", "1\n"]);
    const after = everything();
    for (const wrong of [60, FIRST - HOUR, 1_600_000_000])
      expect(await comesRound(wrong)).toEqual({
        code: 0,
        said: "successors are wanted from 2031-02-27T23:06:40Z on\n",
      });
    expect([everything(), inForce()]).toEqual([after, "1\n"]);
  });

  it("a clock that is ahead alone is refused by its keepers, and nothing is changed", async () => {
    const before = everything();
    const { code, said } = await comesRound(SECOND + HOUR, FIRST - HOUR);
    expect([code, said]).toEqual([1, expect.stringContaining("generation 2 is due, and none of the keepers opens it")]);
    expect(said).toContain("generation 2 of shop-etcd-a is given out from 2031-02-27T23:06:40Z on");
    expect([everything(), inForce()]).toEqual([before, ""]);
  });

  it("a keeper in 1970 gives nothing out; once its clock is set the machine has what it missed, in one step", async () => {
    expect((await comesRound(SECOND + HOUR, 60)).code).toBe(1);
    expect(inForce()).toBe("");
    expect((await comesRound(SECOND + HOUR)).code).toBe(0);
    expect([read("etc/a.crt"), inForce()]).toEqual(["generation 2\n", "2\n"]);
    expect((await comesRound(SECOND + 2 * HOUR)).said).toBe("no successors are left: the site waits for `pulumi up`\n");
  });
});
