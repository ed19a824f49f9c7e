import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Project } from "../support/project";
import { fingerprint, SshServer, strangersKey, temporaryUser } from "../support/sshd";
import { installed, unchecked } from "../support/standins";

let server: SshServer;
let project: Project;
let folder: string;

/** A program with one command on the server; `command` and `connection` are added to what every test gives. */
function program(command: string, connection = "", options = "{}"): string {
  return `
    import * as pulumi from "@pulumi/pulumi";
    import { remote } from "@pulumi/command";
    const config = new pulumi.Config();
    const pinned = {
      host: "127.0.0.1", port: ${server.port}, user: "root", dialErrorLimit: 3,
      privateKey: ${JSON.stringify(server.privateKey)}, hostKey: ${JSON.stringify(server.hostKey)},
    };
    const connection = { ...pinned, ${connection} };
    const made = new remote.Command("made", { connection, ${command} }, ${options});
    export const stdout = pulumi.unsecret(made.stdout);
    export const stderr = pulumi.unsecret(made.stderr);
    export const secret = pulumi.isSecret(made.stdout);
  `;
}

async function up(text: string) {
  project.write("index.ts", text);
  return project.up("--skip-preview");
}

async function outputs(): Promise<Record<string, unknown>> {
  return JSON.parse((await project.run("stack", "output", "--json", "--stack", "test")).output);
}

const destroy = () => project.run("destroy", "--yes", "--skip-preview", "--stack", "test");
const state = async () => (await project.run("stack", "export", "--stack", "test")).output;
const written = (name: string) => readFileSync(join(folder, name), "utf8");

beforeAll(async () => {
  server = await SshServer.start();
  folder = mkdtempSync(join(tmpdir(), "groundwork-remote-"));
  project = await Project.create({ files: { "index.ts": "" }, env: unchecked, plugins: await installed("command") });
});

afterAll(async () => {
  project?.remove();
  server?.remove();
  if (folder) rmSync(folder, { recursive: true });
});

describe("command:remote:Command", () => {
  it("runs create, then update in place, and delete at the end", async () => {
    const commands = (extra: string) => `
      create: "echo created >> ${folder}/life; printf 'one\\\\n'",
      update: "echo updated after $PULUMI_COMMAND_STDOUT >> ${folder}/life; echo two; echo three >&2",
      delete: "echo deleted after $PULUMI_COMMAND_STDOUT >> ${folder}/life", ${extra}`;
    const created = await up(program(commands('environment: { GREETING: "hello" }')));
    expect(created.output).toContain("+ 2 created");
    expect(await outputs()).toMatchObject({ stdout: "one", stderr: "" });
    expect((await project.up("--skip-preview")).output).toContain("2 unchanged");
    const updated = await up(program(commands('environment: { GREETING: "bye" }')));
    expect(updated.output).toContain("~ 1 updated");
    expect(await outputs()).toMatchObject({ stdout: "two", stderr: "three" });
    expect((await project.run("refresh", "--yes", "--stack", "test")).output).toContain("2 unchanged");
    expect((await destroy()).code).toBe(0);
    expect(written("life")).toBe("created\nupdated after one\ndeleted after two\n");
  });

  it("replaces when a trigger changes, whatever update says", async () => {
    const commands = (trigger: string) => `
      create: "echo created ${trigger} >> ${folder}/triggers", update: "echo updated >> ${folder}/triggers",
      delete: "echo deleted ${trigger} >> ${folder}/triggers", triggers: ["${trigger}", 1]`;
    await up(program(commands("a")));
    project.write("index.ts", program(commands("b")));
    expect((await project.preview()).output).toMatch(/command:remote:Command made replace/);
    expect((await project.up("--skip-preview")).output).toContain("+-1 replaced");
    expect(written("triggers")).toBe("created a\ncreated b\ndeleted a\n");
    await destroy();
  });

  it("keeps what is secret out of the state, the output and the logs of the server", async () => {
    const secret = "the-very-secret-word";
    const ended = await up(
      program(`create: "wc -c; cat ${folder}/nothing 2>/dev/null || true", stdin: pulumi.secret("${secret}")`),
    );
    expect(ended.code).toBe(0);
    expect(await outputs()).toMatchObject({ stdout: String(secret.length) });
    const kept = await state();
    expect(kept).toContain("ciphertext");
    for (const text of [kept, ended.output, server.log]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain("PRIVATE KEY");
    }
    await destroy();
  });

  it("makes secrets of its outputs, as its connection is one", async () => {
    await up(`${program('create: "echo hidden"')}\nexport const hidden = made.stdout;`);
    expect(await outputs()).toMatchObject({ hidden: "[secret]" });
    await destroy();
  });

  it("tells the exit status and the last lines of stderr of a command that fails, and keeps nothing of it", async () => {
    const ended = await up(program('create: "echo noise; echo machine-a: no space left\\\\; free some >&2; exit 7"'));
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain(
      `127.0.0.1:${server.port}: the command exited with status 7:\n    machine-a: no space left; free some`,
    );
    expect(await state()).not.toContain("command:remote:Command");
  });

  it("shows what is printed while it runs, but not what logging leaves out", async () => {
    const shown = await up(program('create: "echo shown; echo hidden >&2", logging: "stdout"'));
    expect(shown.output).toMatch(/Command \(made\):\n\s+shown\n/);
    expect(shown.output).not.toContain("hidden\n    ");
    await destroy();
  });

  it("ends a command that takes longer than its resource may", async () => {
    const user = temporaryUser();
    onTestFinished(user.remove);
    chmodSync(folder, 0o1777);
    const slow = `create: "echo $$ > ${folder}/pid; exec sleep 300"`;
    const ended = await up(program(slow, `user: "${user.name}"`, '{ customTimeouts: { create: "3s" } }'));
    expect(ended.output).toContain("the command did not end in time");
    await sleep(500);
    expect(existsSync(`/proc/${written("pid").trim()}`)).toBe(false);
  });
});

describe("the host key", () => {
  it.each(["ed25519", "ecdsa"] as const)(
    "refuses a server that is not the pinned one (%s), and does not try again",
    async (type) => {
      const expected = strangersKey(type);
      const ended = await up(program('create: "true"', `hostKey: ${JSON.stringify(expected)}, dialErrorLimit: -1`));
      expect(ended.code).not.toBe(0);
      expect(ended.output).toContain(
        `127.0.0.1:${server.port}: the server's host key is ${fingerprint(server.hostKey)}`,
      );
      expect(ended.output).toContain(`expected is ${fingerprint(expected)}`);
    },
  );

  it("must be one, and so must the private key", async () => {
    const ended = await up(program('create: "true"', 'hostKey: "nonsense", privateKey: "nonsense"'));
    expect(ended.output).toContain("connection.hostKey: is not a public key");
    expect(ended.output).toContain("connection.privateKey: is not a private key");
  });
});

describe("a machine that does not answer", () => {
  it("is tried again until it is up", async () => {
    const late = await SshServer.prepare();
    const wanted = program(
      'create: "echo up"',
      `port: ${late.port}, hostKey: ${JSON.stringify(late.hostKey)}, privateKey: ${JSON.stringify(late.privateKey)},
      dialErrorLimit: -1`,
    );
    project.write("index.ts", wanted);
    const ended = project.up("--skip-preview");
    await sleep(8_000);
    late.listen();
    expect((await ended).code).toBe(0);
    expect(await outputs()).toMatchObject({ stdout: "up" });
    await destroy();
    late.remove();
  });

  it("is an error after as many attempts as are allowed", async () => {
    const absent = await SshServer.prepare();
    const ended = await up(program('create: "true"', `port: ${absent.port}, dialErrorLimit: 2`));
    expect(ended.output).toContain(`127.0.0.1:${absent.port}: no SSH connection after 3 attempts`);
    expect(ended.output).toContain("connection refused");
    absent.remove();
  });

  it("is reached through another one", async () => {
    const behind = await SshServer.start("ecdsa");
    const jump = `proxy: { host: "127.0.0.1", port: ${server.port}, privateKey: ${JSON.stringify(server.privateKey)},
      hostKey: ${JSON.stringify(server.hostKey)} }`;
    const own = `port: ${behind.port}, hostKey: ${JSON.stringify(behind.hostKey)},
      privateKey: ${JSON.stringify(behind.privateKey)}`;
    expect((await up(program('create: "echo behind"', `${own}, ${jump}`))).code).toBe(0);
    expect(await outputs()).toMatchObject({ stdout: "behind" });
    await destroy();
    behind.remove();
  });
});

describe("command:remote:CopyToRemote", () => {
  it("copies text, and again when the text changes", async () => {
    const copy = (text: string) => `${program('create: "true"')}
      new remote.CopyToRemote("copy", {
        connection, source: new pulumi.asset.StringAsset("${text}"), remotePath: "${folder}/copied",
      });`;
    expect((await up(copy("first"))).code).toBe(0);
    expect(written("copied")).toBe("first");
    expect((await up(copy("second"))).output).toContain("~ 1 updated");
    expect(written("copied")).toBe("second");
    await destroy();
  });
});
