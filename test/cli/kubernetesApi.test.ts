import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { WritableApi } from "../../sdks/kubernetes/api";

// An API whose connections are lost: an API server that starts anew behind its balancer, an address that moves to another one.

let folder: string;
let server: Server;
let api: WritableApi;
/** Which of the questions that come are not answered, by their number. */
let lost: (question: number) => boolean;
let asked: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-api-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject], {
    stdio: "pipe",
  });
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (question, answer) => {
    asked.push(question.method ?? "");
    if (lost(asked.length)) question.socket.destroy();
    else answer.end('{"items": []}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pem = (file: string) => readFileSync(file).toString("base64");
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority-data": pem(cert) };
  const user = { "client-certificate-data": pem(cert), "client-key-data": pem(key) };
  api = new WritableApi(stringify({ clusters: [{ cluster }], users: [{ user }] }), 10_000);
});
afterAll(async () => {
  api.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = [];
});

describe("a question whose connection is lost", () => {
  it("is asked again, if it only reads", async () => {
    lost = (question) => question <= 2;
    expect(await api.get("/api/v1/nodes")).toEqual({ items: [] });
    expect(asked).toEqual(["GET", "GET", "GET"]);
  });

  it("is given up after some seconds", async () => {
    lost = () => true;
    await expect(api.get("/api/v1/nodes")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(asked).toHaveLength(4);
  });

  it("is not sent twice, if it makes something", async () => {
    lost = () => true;
    await expect(api.create("/api/v1/pods", {})).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(asked).toEqual(["POST"]);
  });
});
