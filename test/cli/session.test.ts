import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Session } from "../../sdks/vcenter/session";

let status = 200;
let server: Server;
const folder = mkdtempSync(join(tmpdir(), "groundwork-session-"));

beforeAll(async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const pair = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=vcenter"];
  execFileSync("openssl", ["req", "-x509", ...pair], { stdio: "pipe" });
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    response.writeHead(status, { "content-type": "text/html" }).end("<html><body>Service Unavailable</body></html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

describe("real-vcenter-29: a vCenter that answers with a page", () => {
  test.each<[number, RegExp]>([
    [503, /: it is starting or overloaded \(HTTP 503\); wait some minutes and try again$/],
    [404, /: it answers, but is no vCenter \(HTTP 404\); name a vCenter server$/],
    [403, /: it refuses with HTTP 403; look for a proxy in between, or see vCenter's log$/],
    [200, /: it answers, but is no vCenter; name a vCenter server$/],
  ])("with HTTP %s", async (code, told) => {
    status = code;
    const { port } = server.address() as AddressInfo;
    const login = { server: `127.0.0.1:${port}`, user: "u", password: "p", insecure: true };
    await expect(Session.open(login)).rejects.toThrow(told);
  });
});
