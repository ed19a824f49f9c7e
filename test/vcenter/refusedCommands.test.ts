import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";
import { freePort } from "../support/imageRegistry";
import { Between } from "../support/vcenter/between";
import { Importing } from "../support/vcenter/importing";

// A vCenter that does not let a command in, or is none: one line with what to do, by each command that asks one, and nothing is made.

let importing: Importing;
let starting: Between;
let page: Between;
beforeAll(async () => {
  importing = await Importing.start("what a disk begins with");
  const unchanged = (_: string, answer: string) => answer;
  starting = await Between.start(importing.server, unchanged, undefined, () => 503);
  page = await Between.start(importing.server, () => "<html><body>It works!</body></html>");
});
afterAll(async () => {
  await Promise.all([starting?.stop(), page?.stop()]);
  await importing?.stop();
});

interface Case {
  name: string;
  server?: () => Promise<string> | string;
  env?: NodeJS.ProcessEnv;
  trusted?: boolean;
  told: RegExp;
}

const cases: Case[] = [
  {
    name: "a wrong password",
    env: { VSPHERE_PASSWORD: `wr"<&ü>'` },
    told: /^user: vCenter refuses \S+ or its password; correct VSPHERE_USER and VSPHERE_PASSWORD$/,
  },
  {
    name: "a user that vCenter does not know",
    env: { VSPHERE_USER: `LÄDEN\\ü'"<&` },
    told: /^user: vCenter refuses LÄDEN\\ü'"<& or its password; correct VSPHERE_USER and VSPHERE_PASSWORD$/,
  },
  {
    name: "one that is starting",
    server: () => starting.server,
    told: /^127\.0\.0\.1:\d+: it is starting or overloaded \(HTTP 503\); wait some minutes and try again$/,
  },
  {
    name: "a page that is no vCenter",
    server: () => page.server,
    told: /^127\.0\.0\.1:\d+: it answers, but is no vCenter; name a vCenter server$/,
  },
  {
    name: "nobody at its port",
    server: async () => `127.0.0.1:${await freePort()}`,
    told: /^127\.0\.0\.1:\d+: it cannot be reached \(ECONNREFUSED\); check the name, the port and the network$/,
  },
  {
    name: "a certificate that nobody vouches for",
    trusted: false,
    told: /^127\.0\.0\.1:\d+: its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); pass --ca with .+$/,
  },
];

describe.each(cases)("$name", ({ server, env = {}, trusted = true, told }) => {
  it("is one line for each command", async () => {
    const before = await importing.inventory();
    const address = (await server?.()) ?? importing.server;
    const site = importing.described({ server: address, allowUnverifiedSsl: trusted });
    const run = (...args: string[]): Promise<Ended> =>
      program(process.execPath, [join(repository, "cli/groundwork.cjs"), ...args], {
        cwd: importing.folder,
        env: { ...process.env, ...importing.center.datacenter.environment, ...env },
      });
    const commands = [
      ["preflight", site],
      ["image", "import", importing.ova, "--site", site],
      ["discover", "--server", address, ...(trusted ? ["--insecure"] : [])],
    ];
    for (const { code, stdout, stderr } of await Promise.all(commands.map((args) => run(...args))))
      expect([code, stdout, stderr.trimEnd()]).toEqual([2, "", expect.stringMatching(told)]);
    expect(await importing.inventory()).toEqual(before);
  });
});
