import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alertRules } from "../../site/render/alerts/rules";
import { shell } from "../../site/render/shell";
import { watchedSite } from "../support/watched";

// What a machine tells of its certificates, by the program that is installed, but for where its files are.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-metrics-"));
  write("/etc/groundwork/metrics.conf", 'ALLOWED="10.0.42.19"\nUNITS=""\n');
  write("/metrics", shell("metrics").replaceAll(/(?<=[\s"])\/(?=etc|var\/lib\/(kubelet|prom))/g, `${folder}/`));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A certificate that ends in so many days; when that is, in seconds. */
function certificate(path: string, days: number): number {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  const args = ["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=a"];
  execFileSync("openssl", [...args, "-days", String(days), "-keyout", `${at}.key`, "-out", at], { stdio: "pipe" });
  const said = execFileSync("openssl", ["x509", "-in", at, "-noout", "-enddate"], { encoding: "utf8" });
  return Date.parse(said.trim().split("=")[1] ?? "") / 1000;
}

/** What it answers to who asks for a page. */
function asked(path: string, from = "10.0.42.19"): Promise<string> {
  const child = spawn("bash", [join(folder, "metrics")], { env: { ...process.env, REMOTE_ADDR: from } });
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  child.stdin.end(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(said));
  });
}

/** The metric that the alert `AloneEnds` asks for, by its name there. */
const METRIC = /alert: AloneEnds\n\s+expr: min\(last_over_time\((\w+)\[/.exec(alertRules(watchedSite()))?.[1];
const until = async () => new RegExp(`^${METRIC} (\\d+)$`, "m").exec(await asked("/certificates"))?.[1];

describe("until when a machine goes on alone, as it tells (O1, S2)", () => {
  it("is when the last of its successors ends, whichever is in force", async () => {
    const first = certificate("/etc/kubernetes/pki/apiserver.crt", 40);
    write("/etc/groundwork/successors/end", "1900000000\n");
    expect(await until()).toBe("1900000000");
    expect(await asked("/certificates")).toContain(`${folder}/etc/kubernetes/pki/apiserver.crt"} ${first}\n`);
  });

  it("is when the first of its certificates ends where none follow", async () => {
    certificate("/etc/kubernetes/pki/ca.crt", 3650);
    const first = certificate("/etc/kubernetes/pki/etcd/peer.crt", 300);
    certificate("/var/lib/kubelet/pki/kubelet.crt", 301);
    expect(await until()).toBe(String(first));
  });

  it("is nothing on a machine without certificates, and nobody's business but the control planes'", async () => {
    expect(await asked("/certificates")).toContain("200 OK");
    expect(await until()).toBeUndefined();
    certificate("/etc/etcd/pki/server.crt", 10);
    expect(await asked("/certificates", "10.0.42.66")).toMatch(/^HTTP\/1\.0 403/);
  });
});
