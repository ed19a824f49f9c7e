import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { untilAnswered } from "../../infra/health/untilAnswered";
import { Api } from "../../sdks/kubernetes/api";

// A look at a site meets an address that moves, and HAProxy that has no server yet.

const folder = mkdtempSync(join(tmpdir(), "groundwork-answers-"));
let server: Server;
let api: Api;
/** What the next requests are answered with; 200 after them. */
let next: number[] = [];
let asked = 0;

beforeAll(async () => {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...made, ...subject] as string[], { stdio: "pipe" });
  const pem = { key: readFileSync(key as string), cert: readFileSync(cert as string) };
  server = createServer(pem, (_, response) => {
    asked++;
    response.writeHead(next.shift() ?? 200).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base64 = (text: Buffer) => text.toString("base64");
  api = new Api(
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
  asked = 0;
});
afterAll(() => {
  api?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it("an address that nobody has yet, and servers that are not there yet, are waited for", async () => {
  const nobody = new Error("connect ECONNREFUSED");
  const answers = [() => Promise.reject(nobody), () => api.get("/nodes"), () => api.get("/nodes")];
  next = [503];
  expect(await untilAnswered(() => (answers.shift() ?? (() => api.get("/nodes")))(), 1)).toEqual({});
  expect(asked).toBe(2);
});

it("what stays so is told, and what is refused is told at once", async () => {
  next = Array.from({ length: 20 }, () => 503);
  await expect(untilAnswered(() => api.get("/nodes"), 1)).rejects.toThrow("503");
  expect(asked).toBe(4);
  [next, asked] = [[403], 0];
  await expect(untilAnswered(() => api.get("/nodes"), 1)).rejects.toThrow("403");
  expect(asked).toBe(1);
});
