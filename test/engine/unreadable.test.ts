import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { groundwork } from "../../cli/program";
import { appliedOfStack } from "../../cli/stack/applied";
import { stackExists } from "../../cli/stack/emptyStack";
import type { PulumiStack } from "../../cli/stack/pulumi";
import { repository } from "../../lab/toolchain/artifact";
import { UnusableInput } from "../../site/description/unusableInput";
import { rememberProcess, setEnvironment } from "../support/ownProcess";
import { Project } from "../support/project";

// What keeps Pulumi from a stack's state is told as what it is: never as a site that does not run, never by a stack trace.

let project: Project;
let stack: PulumiStack;
const restoreProcess = rememberProcess();
const file = "Pulumi.test.yaml";
const at = (path: string) => join(dirname(project.folder), "backend/.pulumi", path);
const state = () => at("stacks/project/test.json");
const lock = () => at("locks/organization/project/test/lock.json");
let whole: string;
let description: string;

beforeAll(async () => {
  const example = readFileSync(join(repository, "docs/examples/08-three-hosts.yaml"), "utf8");
  project = await Project.create({
    files: {
      "index.ts": "export = async () => ({});\n",
      "pack/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.js\n",
      "pack/package.json": '{"name": "pack", "version": "1.0.0", "main": "index.js"}\n',
      "pack/index.js": 'new (require("@pulumi/policy").PolicyPack)("pack", { policies: [] });\n',
    },
    config: { "groundwork:site": parse(example) },
    env: { VSPHERE_USER: "anna", VSPHERE_PASSWORD: "secret", XDG_CACHE_HOME: join(repository, "nowhere") },
  });
  const root = "urn:pulumi:test::project::pulumi:pulumi:Stack::project-test";
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"a key"' };
  const outputs = { certificates: [], kubeconfig: secret };
  await project.import({
    version: 3,
    deployment: {
      manifest: { time: "2026-11-27T00:00:00Z", magic: "", version: "" },
      resources: [{ urn: root, custom: false, type: "pulumi:pulumi:Stack", outputs }],
    },
  } as never);
  whole = readFileSync(state(), "utf8");
  description = readFileSync(join(project.folder, file), "utf8");
  stack = { folder: project.folder, stack: "test", env: process.env };
  mkdirSync(dirname(lock()), { recursive: true });
  process.chdir(project.folder);
  Object.assign(process.env, project.env);
});
afterEach(() => {
  writeFileSync(state(), whole);
  rmSync(lock(), { force: true });
  setEnvironment(project.env);
});
afterAll(() => {
  restoreProcess();
  project?.remove();
});

/** What a command says that ends with exit code 2. */
async function told(command: string): Promise<string> {
  const error = await (await groundwork()).parseAsync(command.split(" "), { from: "user" }).then(
    () => "nothing",
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UnusableInput);
  return (error as Error).message;
}

const obstacles: [string, () => void, string | RegExp][] = [
  [
    "a wrong passphrase",
    () => Object.assign(process.env, { PULUMI_CONFIG_PASSPHRASE: "another" }),
    /^PULUMI_CONFIG_PASSPHRASE: it is not the passphrase of test; set the right one, .*damaged-state\.md#the-passphrase$/,
  ],
  [
    "no passphrase",
    () => delete process.env.PULUMI_CONFIG_PASSPHRASE,
    "PULUMI_CONFIG_PASSPHRASE: it is not set, and the state of test is encrypted with it; set it, or PULUMI_CONFIG_PASSPHRASE_FILE",
  ],
  [
    "a state that was cut off",
    () => writeFileSync(state(), whole.slice(0, 200)),
    /^--stack test: its state is damaged \(.*unexpected end of JSON input\); change nothing before .*damaged-state\.md$/,
  ],
  ["an empty state", () => writeFileSync(state(), ""), /^--stack test: its state is damaged \(.*\); /],
  [
    "a state of missing parents",
    () =>
      writeFileSync(state(), whole.replace('"custom": false', '"custom": false, "parent": "urn:pulumi:a::b::c::d"')),
    /^--stack test: its state is damaged \(snapshot integrity failure.*\); [^\n]*$/,
  ],
  [
    "a state of a newer Pulumi",
    () => writeFileSync(state(), '{"version": 99}'),
    /^--stack test: this Pulumi cannot read its state \(unsupported checkpoint version 99\); use the newer one/,
  ],
  ["a state that is gone", () => rmSync(state()), /^--stack test: the backend has no such stack; .*damaged-state\.md$/],
  [
    "a backend that is not there",
    () => Object.assign(process.env, { PULUMI_BACKEND_URL: "file:///nowhere/at/all" }),
    /^PULUMI_BACKEND_URL: the backend, where states are kept, does not answer \(unable to open bucket .*\); set PULUMI_BACKEND_URL/,
  ],
  [
    "a backend of objects that does not answer",
    () => {
      const url = "s3://states?endpoint=127.0.0.1:1&region=x&disableSSL=true&s3ForcePathStyle=true";
      Object.assign(process.env, { PULUMI_BACKEND_URL: url, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
    },
    /^PULUMI_BACKEND_URL: .*connection refused\); /,
  ],
  [
    "a folder without a project",
    () => process.chdir("/"),
    "Pulumi.yaml: this folder is no Pulumi project; run this in the folder that has it",
  ],
];

describe("a command that reads a state says of", () => {
  test.each(obstacles)("%s what it is", async (_, breaks, says) => {
    breaks();
    try {
      const message = await told("certificates --stack test");
      if (typeof says === "string") expect(message).toBe(says);
      else expect(message).toMatch(says);
    } finally {
      process.chdir(project.folder);
    }
  });

  const commands = [
    "certificates --stack test",
    `runbook --stack test --config-file ${file}`,
    `inventory --stack test --config-file ${file}`,
    `preflight --stack test --config-file ${file}`,
    `recover --stack test --config-file ${file}`,
  ];
  test.each(commands)("a damaged state: %s", async (command) => {
    writeFileSync(state(), whole.slice(0, 200));
    expect(await told(command)).toMatch(/^--stack test: its state is damaged \(/);
  });

  test("a damaged state, by exit code 2 and one line", () => {
    writeFileSync(state(), whole.slice(0, 200));
    const run = () =>
      execFileSync(process.execPath, [join(repository, "cli/groundwork.cjs"), "certificates", "--stack", "test"], {
        stdio: "pipe",
      });
    expect(run).toThrow(expect.objectContaining({ status: 2 }));
    expect(run).toThrow(/\n--stack test: its state is damaged [^\n]*\n$/);
  });

  test("a site that is not up, unlike a state that cannot be read", async () => {
    expect(await told(`inventory --stack test --config-file ${file}`)).toBe(
      "--stack test: no site is up in it; run `pulumi up`",
    );
    expect(await appliedOfStack(stack)).toBeUndefined();
    expect(await stackExists(stack)).toBe(true);
    expect(await stackExists({ ...stack, stack: "none" })).toBe(false);
    writeFileSync(state(), "{");
    await expect(appliedOfStack(stack)).rejects.toThrow(UnusableInput);
    await expect(stackExists(stack)).rejects.toThrow(UnusableInput);
  });
});

describe("a report", () => {
  const report = async () => {
    const { report: makeReport } = await import("../../cli/report/run");
    const options = { stack: ["test"], project: ".", parallel: 1, cache: false, policyPack: "pack" };
    const { text, exitCode } = await makeReport({ ...options, format: "json" }, () => {});
    return { exitCode, stack: JSON.parse(text).stacks[0] };
  };

  test("says of a state that cannot be read that nothing is known, and why", async () => {
    writeFileSync(state(), whole.slice(0, 200));
    const { exitCode, stack: told } = await report();
    expect(exitCode).toBe(2);
    expect(told.errors[0]).toMatch(/^--stack test: its state is damaged \(/);
    expect(told.notes.join()).toContain("What runs of this site is not known");
    expect(told.notes.join()).not.toContain("runs yet");
  });

  test("leaves a stack's file without a salt as it is, which Pulumi would write into it", async () => {
    const { encryptionsalt, ...bare } = parse(description);
    expect(encryptionsalt).toMatch(/^v1:/);
    writeFileSync(join(project.folder, file), stringify(bare));
    const { exitCode, stack: told } = await report();
    expect(exitCode, JSON.stringify(told)).toBe(0);
    expect(readFileSync(join(project.folder, file), "utf8")).toBe(stringify(bare));
    writeFileSync(join(project.folder, file), description);
  });
});

describe("recover", () => {
  const recover = () => told(`recover --stack test --config-file ${file}`);
  const machine = "vsphere:index/virtualMachine:VirtualMachine";
  const unfinished = () => {
    const made = JSON.parse(whole);
    const resource = {
      urn: `urn:pulumi:test::project::${machine}::a`,
      type: machine,
      custom: true,
      inputs: { name: "a" },
    };
    made.checkpoint.Latest.pending_operations = [{ type: "creating", resource }];
    return JSON.stringify(made);
  };
  const locked = (by: object) => {
    writeFileSync(state(), unfinished());
    writeFileSync(lock(), JSON.stringify({ username: "anna", timestamp: "2026-11-27T16:00:00Z", ...by }));
  };

  test("leaves a run alone that goes on, and all that it makes", async () => {
    const messages = [];
    for (const by of [
      { pid: 7, hostname: "another" },
      { pid: process.pid, hostname: hostname() },
    ]) {
      locked(by);
      messages.push(await recover());
      expect(readFileSync(state(), "utf8")).toBe(unfinished());
      expect(existsSync(lock())).toBe(true);
    }
    const fix =
      "wait for that run, or ask whose it is; if it is gone, `pulumi cancel --stack test`, and run this again";
    expect(messages).toEqual([
      `--stack test: it is locked by anna@another (pid 7) since 2026-11-27T16:00:00Z; ${fix}`,
      `--stack test: it is locked by anna@${hostname()} (pid ${process.pid}) since 2026-11-27T16:00:00Z; ${fix}`,
    ]);
  });

  test("removes no lock before vCenter has answered", async () => {
    locked({ pid: 2 ** 22 + 1, hostname: hostname() });
    expect(await recover()).toMatch(/^vc\.example: it cannot be reached/);
    expect(existsSync(lock())).toBe(true);
    expect(readFileSync(state(), "utf8")).toBe(unfinished());
  });
});
