import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Between, faultOf } from "../support/vcenter/between";
import { DiskHost } from "../support/vcenter/diskHost";
import { Importing } from "../support/vcenter/importing";

// An import that ends in the middle: what has a template's name is one, and the next run makes what is missing.

let importing: Importing;
let host: DiskHost;
beforeAll(async () => {
  // More than lies in buffers on the way.
  importing = await Importing.start(randomBytes(32 * 2 ** 20));
  host = await DiskHost.start();
});
afterAll(async () => {
  await host?.stop();
  await importing?.stop();
});

const machines = async () => (await importing.inventory()).map((path) => basename(path));

/** The next run makes the template, and leaves nothing else. */
async function isMade(template: string): Promise<void> {
  const { code, stdout, stderr } = await importing.imported(importing.ova, importing.described({ template }));
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${template} +esx-1 +esx-1-b +made$`, "m"));
  const found = (await machines()).filter((name) => name.startsWith(template));
  expect(found).toEqual([template]);
}

describe("an import that is killed", () => {
  it.each([
    ["while the disk is written", "HttpNfcLeaseProgress", /^killed-0\.import-[0-9a-f]{8}$/],
    ["when all of it is written", "HttpNfcLeaseComplete", /^killed-1\.import-[0-9a-f]{8}$/],
    ["as it becomes a template", "MarkAsTemplate", /^killed-2\.import-[0-9a-f]{8}$/],
  ])("%s leaves none of that name, and the next run makes it", async (_, moment, left) => {
    const template = left.source.slice(1, 9);
    let kill = () => {};
    const ended = (question: string) => {
      if (question.includes(`<${moment} `)) kill();
      return question;
    };
    const told = `<url>https://${host.address}/nfc/disk</url><sslThumbprint>${host.thumbprint}</sslThumbprint>`;
    const between = await Between.start(
      importing.server,
      (_, answer) => answer.replace(/<url>.*?\/nfc\/.*?<\/url>(<sslThumbprint>.*?<\/sslThumbprint>)?/, told),
      ended,
    );
    if (moment === "HttpNfcLeaseProgress") host.taking = someOf(2 ** 20, () => kill());
    const child = importing.begun(importing.ova, importing.described({ server: between.server, template }));
    const gone = new Promise<string | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    kill = () => void child.kill("SIGKILL");
    expect(await gone).toBe("SIGKILL");
    await between.stop();
    host.taking = () => {};
    const found = (await machines()).filter((name) => name.startsWith(template));
    expect(found).toEqual([expect.stringMatching(left)]);
    await isMade(template);
  });
});

describe("two imports at once", () => {
  it("make a template once: the second one waits, as vCenter lets nobody delete what is written", async () => {
    let goOn = () => {};
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    host.taking = () => mayGoOn;
    const slow = await host.toldBy(importing.server);
    const first = importing.imported(importing.ova, importing.described({ server: slow.server, template: "twice" }));
    while (!(await machines()).some((name) => name.startsWith("twice")))
      await new Promise((done) => setTimeout(done, 100));
    let asked = 0;
    const held = await Between.start(
      importing.server,
      (method, answer) => {
        if (method !== "Destroy_Task") return answer;
        if (asked++ === 0) goOn();
        return faultOf("InvalidState", "The operation is not allowed in the current state.");
      },
      (question) =>
        question.replace(
          /<Destroy_Task .*<\/Destroy_Task>/,
          '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>',
        ),
    );
    const second = await importing.imported(
      importing.ova,
      importing.described({ server: held.server, template: "twice" }),
    );
    const one = await first;
    await Promise.all([slow.stop(), held.stop()]);
    host.taking = () => {};
    expect(one.code, one.stderr).toBe(0);
    expect(second.code, second.stderr).toBe(0);
    expect(asked).toBeGreaterThan(0);
    expect(one.stdout).toMatch(/^twice +esx-1 +esx-1-b +made$/m);
    expect(second.stdout).toMatch(/^twice +was there, left as it is$/m);
    expect((await machines()).filter((name) => name.startsWith("twice"))).toEqual(["twice"]);
  });
});

describe("an image that is not whole any more when it is written", () => {
  it.each([
    ["cut off", (file: string) => truncateSync(file, statSync(file).size / 2), "it is cut off, or no OVA"],
    ["written anew", overwritten, "node-disk1.vmdk in it has changed since it was compared"],
  ])("is told, and nothing of it is left: %s", async (_, spoil, fact) => {
    const before = await machines();
    const file = join(importing.folder, "spoilt.ova");
    copyFileSync(importing.ova, file);
    host.taking = someOf(2 ** 20, () => spoil(file));
    const between = await host.toldBy(importing.server);
    const site = importing.described({ server: between.server, template: "spoilt" });
    const { code, stderr } = await importing.imported(file, site);
    await between.stop();
    host.taking = () => {};
    expect([code, stderr.split("\n").filter((line) => line.includes("; "))]).toEqual([
      2,
      [expect.stringContaining(`${file}: ${fact}; `)],
    ]);
    expect(await machines()).toEqual(before);
  });
});

describe("a disk without room", () => {
  it("at vCenter is told as vCenter says it, nothing is left, and the next run makes it", async () => {
    const before = await machines();
    host.taking = someOf(2 ** 20, (request) => void request.socket.destroy());
    const said = "Failed to write disk: there is not enough space on the datastore esx-1-b.";
    let full = false;
    const between = await host.toldBy(importing.server, (_, answer) =>
      full && answer.includes(">ready<")
        ? answer
            .replace(">ready<", ">error<")
            .replace(
              "</propSet>",
              `</propSet><propSet><name>error</name><val><localizedMessage>${said}</localizedMessage></val></propSet>`,
            )
        : answer,
    );
    const run = () =>
      importing.imported(importing.ova, importing.described({ server: between.server, template: "full" }));
    const closed = await run();
    expect(closed.code).toBe(2);
    expect(closed.stderr).toMatch(new RegExp(`^${host.address}: the disk cannot be written: .+; see the host's`, "m"));
    expect(await machines()).toEqual(before);
    host.taking = someOf(2 ** 20, (request) => {
      full = true;
      request.socket.destroy();
    });
    const told = await run();
    await between.stop();
    host.taking = () => {};
    expect([told.code, told.stderr]).toEqual([
      2,
      expect.stringContaining(
        "full: vCenter refuses it: Failed to write disk: there is not enough space on the datastore esx-1-b; mend that",
      ),
    ]);
    expect(await machines()).toEqual(before);
    await isMade("full");
  });

  it("here does not matter: an image is read where it lies", async () => {
    const full = join(importing.folder, "full");
    mkdirSync(full);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", full]);
    try {
      expect(() => writeFileSync(join(full, "all"), Buffer.alloc(2 ** 20))).toThrow("ENOSPC");
      const site = importing.described({ template: "elsewhere" });
      const env = { TMPDIR: full, HOME: full, XDG_CACHE_HOME: full };
      const { code, stderr } = await importing.imported(importing.ova, site, [], env);
      expect(code, stderr).toBe(0);
      expect(await machines()).toContain("elsewhere");
    } finally {
      execFileSync("umount", [full]);
    }
  });
});

/** Takes so many bytes, does something, and takes the rest. */
function someOf(bytes: number, then: (request: IncomingMessage) => void) {
  return async (request: IncomingMessage) => {
    let taken = 0;
    await new Promise<void>((resolve) => {
      const count = (chunk: Buffer) => {
        taken += chunk.length;
        if (taken < bytes) return;
        request.off("data", count);
        request.pause();
        resolve();
      };
      request.on("data", count);
    });
    then(request);
  };
}

/** Other bytes at the end of the disk. */
function overwritten(file: string): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(4096, 1), 0, 4096, readFileSync(file).length - 64 * 1024);
}
