import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { untilAnswered } from "../../infra/health/untilAnswered";
import { WritableApi } from "../../sdks/kubernetes/api";

// What an API's address does while load balancers change: connections end, in use or not, and HAProxy answers for servers that are not there yet.

const folder = mkdtempSync(join(tmpdir(), "groundwork-answers-"));
let server: Server;
let api: WritableApi;
/** How the next requests end; those after them are answered. */
let next: ("reset" | number)[] = [];
let asked: string[] = [];

beforeAll(async () => {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...made, ...subject] as string[], { stdio: "pipe" });
  const pem = { key: readFileSync(key as string), cert: readFileSync(cert as string) };
  server = createServer(pem, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const ends = next.shift();
    if (ends === "reset") request.socket.destroy();
    else response.writeHead(ends ?? 200).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base64 = (text: Buffer) => text.toString("base64");
  api = new WritableApi(
    JSON.stringify({
      clusters: [
        {
          cluster: {
            server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
            "certificate-authority-data": base64(pem.cert),
          },
        },
      ],
      users: [{ user: { "client-certificate-data": base64(pem.cert), "client-key-data": base64(pem.key) } }],
    }),
    5000,
  );
});
beforeEach(() => {
  next = [];
  asked = [];
});
afterAll(() => {
  api?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it("a connection that was closed while nobody used it is no failure, of a write neither", async () => {
  for (const ask of [() => api.get("/one"), () => api.create("/two", {}), () => api.delete("/three")]) {
    await api.get("/before");
    // As the other side sees it: it has ended the connection, and has read nothing of what comes now.
    next = ["reset"];
    asked = [];
    await ask();
    expect(asked).toHaveLength(2);
  }
});

it("a new connection that is closed is one: who asks decides", async () => {
  next = Array.from({ length: 20 }, () => "reset" as const);
  await expect(api.get("/one")).rejects.toThrow(/hang up|ECONNRESET/);
  // None was left to be used again but those of before.
  expect(asked.length).toBeLessThanOrEqual(5);
});

it.each([
  ["connections that end", ["reset", "reset"] as const],
  ["HAProxy that has no server yet", [503, 502, 503] as const],
])("%s are waited for", async (_, ends) => {
  next = [...ends];
  expect(await untilAnswered(() => api.get("/nodes"), 1)).toEqual({});
  expect(next).toEqual([]);
});

it("what stays so is told, and what is refused is told at once", async () => {
  next = Array.from({ length: 20 }, () => 503);
  await expect(untilAnswered(() => api.get("/nodes"), 1)).rejects.toThrow("503");
  expect(asked).toHaveLength(4);
  [next, asked] = [[403], []];
  await expect(untilAnswered(() => api.get("/nodes"), 1)).rejects.toThrow("403");
  expect(asked).toHaveLength(1);
});
