import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcd } from "../../lab/guest/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { shell } from "../../site/render/shell";
import { freePort } from "../support/sshd";

let folder = "";
let binaries = "";
let own = "";
let nobody = "";
let member: ChildProcess | undefined;

/** Runs a program of etcd's; what it said and how it ended. */
async function run(command: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, PATH: `${binaries}:${process.env.PATH}` };
  return promisify(execFile)(command, args, { env, maxBuffer: 2 ** 26 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (e: { code: number; stdout: string; stderr: string }) => ({ code: e.code, output: e.stdout + e.stderr }),
  );
}

async function etcdctl(...args: string[]): Promise<string> {
  const pki = join(folder, "pki");
  const tls = ["cacert", "cert", "key"].map((name, i) => {
    return `--${name}=${join(pki, ["ca.crt", "healthcheck-client.crt", "healthcheck-client.key"][i] as string)}`;
  });
  return (await run("etcdctl", `--endpoints=${own}`, ...tls, ...args)).output;
}

const size = async () => Number(/"dbSize":(\d+)/.exec(await etcdctl("endpoint", "status", "-w", "json"))?.[1]);

/** The script as it is installed, but for where its files are. */
async function defragment(others: string, worthMiB: number): Promise<{ code: number; output: string }> {
  writeFileSync(join(folder, "defragment.conf"), `OWN=${own}\nOTHERS=${others}\nWORTH_MIB=${worthMiB}\n`);
  writeFileSync(join(folder, "defragment"), shell("etcd-defragment").replaceAll("/etc/etcd", folder), { mode: 0o755 });
  return run("bash", join(folder, "defragment"));
}

beforeAll(async () => {
  binaries = await ensure(etcd);
  folder = mkdtempSync(join(tmpdir(), "groundwork-defragment-"));
  const pki = join(folder, "pki");
  mkdirSync(pki);
  const [ca, client] = [join(pki, "ca"), join(pki, "healthcheck-client")];
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  openssl("req", "-x509", ...key, "-subj", "/CN=ca", "-keyout", `${ca}.key`, "-out", `${ca}.crt`);
  const names = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth,clientAuth"];
  const signed = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`];
  openssl(
    "req",
    "-x509",
    ...key,
    ...names,
    ...signed,
    "-subj",
    "/CN=c",
    "-keyout",
    `${client}.key`,
    "-out",
    `${client}.crt`,
  );
  const [port, peer] = [await freePort(), await freePort()];
  own = `https://127.0.0.1:${port}`;
  nobody = `https://127.0.0.1:${await freePort()}`;
  const flags = {
    "data-dir": join(folder, "data"),
    "listen-client-urls": own,
    "advertise-client-urls": own,
    "listen-peer-urls": `http://127.0.0.1:${peer}`,
    "initial-advertise-peer-urls": `http://127.0.0.1:${peer}`,
    "initial-cluster": `default=http://127.0.0.1:${peer}`,
    "cert-file": `${client}.crt`,
    "key-file": `${client}.key`,
    "trusted-ca-file": `${ca}.crt`,
    "client-cert-auth": "true",
  };
  member = spawn(
    join(binaries, "etcd"),
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    { stdio: "ignore" },
  );
  while (!(await etcdctl("endpoint", "health")).includes("is healthy")) await sleep(200);
});

afterAll(async () => {
  const ended = member && new Promise((resolve) => member?.once("exit", resolve));
  member?.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

describe("defragmentation (C3)", () => {
  it("leaves a file alone that is small or full", async () => {
    expect(await defragment("", 256)).toMatchObject({
      code: 0,
      output: expect.stringContaining("nothing to give back"),
    });
  });

  it("does not take a member out while another one is not healthy", async () => {
    const value = "x".repeat(100_000);
    for (let i = 0; i < 40; i++) await etcdctl("put", `key-${i}`, value);
    const revision = /"revision":(\d+)/.exec(await etcdctl("del", "key-", "--prefix", "-w", "json"))?.[1] ?? "";
    await etcdctl("compact", "--physical", revision);
    const before = await size();
    expect(before).toBeGreaterThan(4_000_000);
    const { code, output } = await defragment(nobody, 1);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining("another member is not healthy: this one keeps serving"),
    ]);
    expect(await size()).toBe(before);
  });

  it("gives back what compaction has freed, under the members' lock", async () => {
    const { code } = await defragment(own, 1);
    expect(code).toBe(0);
    expect(await size()).toBeLessThan(1_000_000);
  });
});
