import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kmsQuestion } from "../../cli/status/kms";
import { answerOf } from "../../cli/status/question";
import { KMS_CHECK, type Kms, READY_WITHOUT_KMS } from "../../site/description/kms";
import { fill } from "../../site/render/content";
import { encryptionConfiguration } from "../../site/render/encryption";
import { shell } from "../../site/render/shell";
import { ApiServer } from "../support/apiServer";
import { KmsPlugin } from "../support/kmsPlugin";
import { functionOf } from "../support/shellProgram";

const OWN = "k8s:enc:secretbox:v1:encryption:";
const BY_KMS = "k8s:enc:kms:v2:vault:";

describe("secrets encrypted by a KMS at a real API server (S6)", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-kms-"));
  const socket = join(folder, "kms.sock");
  const plugin = new KmsPlugin(socket);
  const key = Buffer.alloc(32, 7).toString("base64");
  let api: ApiServer;

  /** The API server starts again as one of a site whose way to the KMS is so far. */
  async function step(phase?: Kms["phase"], ready?: string): Promise<void> {
    const kms = phase && { name: "vault", socket, timeoutSeconds: 3, phase };
    const file = join(folder, "encryption.yaml");
    writeFileSync(
      file,
      fill(encryptionConfiguration(["encryption"], kms), () => key),
    );
    await api.again([`--encryption-provider-config=${file}`], ready);
  }
  const write = (name: string) => api.kubectl("create", "secret", "generic", name, `--from-literal=is=${name}`);
  const stored = async (name: string) =>
    (await api.etcdctl("get", `/registry/secrets/default/${name}`, "--print-value-only")).slice(0, 34);
  const read = async (...names: string[]) => {
    for (const name of names) {
      const { data } = (await api.object("secret", name)) ?? {};
      expect(Buffer.from(data?.is ?? "", "base64").toString(), name).toBe(name);
    }
  };
  /** What one function of a control plane's program says and does here. */
  async function part(
    program: "rotation" | "control-plane",
    names: string[],
    header: Record<string, string>,
    body: string,
  ) {
    const text = shell(program);
    const variables = Object.entries(header).map(([name, value]) => `${name}='${value}'`);
    const script = [
      ...["set -Eeuo pipefail", "say() { echo $*; }", "fail() { echo $*; exit 1; }", ...variables],
      ...names.map((name) => functionOf(text, name)),
      body,
    ].join("\n");
    const env = await api.environment();
    return promisify(execFile)("bash", ["-c", script], { env }).then(
      ({ stdout }) => stdout.trim(),
      ({ stdout }: { stdout: string }) => `failed: ${stdout.trim()}`,
    );
  }
  const rewritten = (by: string, encryptor: string) =>
    part("rotation", ["foreign_secrets", "rewrite_secrets"], { ENCRYPTED_BY: by, encryptor }, "rewrite_secrets");
  const left = (KMS: string) => part("control-plane", ["kms"], { KMS, STATE: folder }, "kms");
  const told = async () => {
    const script = kmsQuestion(`127.0.0.1:${api.port}`)
      .replace(":6443", "")
      .replace("--cacert /etc/kubernetes/pki/ca.crt", "--insecure");
    const { stdout } = await promisify(execFile)("bash", ["-c", `say() { printf '%s\\t%s\\n' "$1" "$2"; }\n${script}`]);
    return answerOf(stdout).kmsAnswers;
  };
  async function until(what: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 240; attempt++) {
      if (await what()) return;
      await sleep(500);
    }
    throw new Error("not within two minutes");
  }

  beforeAll(async () => {
    api = await ApiServer.start();
  });
  afterAll(async () => {
    plugin.stop();
    await api?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are read at each step of the way there, and each step reads what the next one writes", async () => {
    await step();
    await write("own");
    expect(await stored("own")).toContain(OWN);
    expect(await told()).toBeUndefined();

    await plugin.start();
    expect(await left("vault")).toBe("");
    await step("read");
    await write("reading");
    expect(await stored("reading")).toContain(OWN);
    await step();
    await read("own", "reading");

    await step("write");
    await write("writing");
    expect(await stored("writing")).toContain(BY_KMS);
    await read("own", "reading", "writing");
    await step("read");
    await read("own", "reading", "writing");

    await step("write");
    expect(await rewritten("kms:v2:vault", "KMS vault")).toMatch(/all secrets are encrypted with KMS vault$/);
    for (const name of ["own", "reading"]) expect(await stored(name)).toContain(BY_KMS);
    await read("own", "reading", "writing");
  });

  it("are written by a new key of the plugin, and read by the one before it", async () => {
    plugin.rotate();
    await until(async () => {
      await told();
      await api.kubectl("delete", "secret", "rotated", "--ignore-not-found");
      await write("rotated");
      return (await api.etcdctl("get", "/registry/secrets/default/rotated", "--print-value-only")).includes("key-2");
    });
    await read("own", "rotated");
  });

  it("are read on by an API server that runs while the plugin is away, which it tells; by one that starts, none", async () => {
    expect(await told()).toBe(true);
    plugin.stop();
    await until(async () => (await told()) === false);
    await read("own", "writing");
    await expect(api.kubectl("get", "--raw", "/readyz")).rejects.toThrow(`[-]${KMS_CHECK} failed`);
    expect(await api.kubectl("get", "--raw", READY_WITHOUT_KMS)).toBe("ok");
    expect(await api.kubectl("get", "--raw", "/livez")).toBe("ok");

    await step("write", READY_WITHOUT_KMS);
    await expect(api.kubectl("get", "secret", "own")).rejects.toThrow();
    await api.kubectl("create", "configmap", "served");
    expect(await told()).toBe(false);

    await plugin.start();
    await until(async () => (await told()) === true);
    await read("own", "reading", "writing", "rotated");
    await until(async () => (await api.kubectl("get", "--raw", "/readyz").catch(() => "")) === "ok");
  });

  it("are not forgotten on the way back: no API server loses the plugin before all are written again", async () => {
    expect(await left("")).toMatch(/^failed: \d+ secrets are left that KMS vault encrypted; describe it again/);
    expect(await left("other")).toMatch(/^failed: \d+ secrets are left that KMS vault encrypted/);
    expect(await left("vault")).toBe("");
    await step("read");
    expect(await rewritten("secretbox:v1:encryption", "the key encryption")).toMatch(
      /all secrets are encrypted with the key encryption$/,
    );
    expect(await left("")).toBe("");
    plugin.stop();
    await step();
    await read("own", "reading", "writing", "rotated");
    expect(await told()).toBeUndefined();
  });
});
