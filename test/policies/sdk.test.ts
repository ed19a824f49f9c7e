import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { silenceDebugMessages } from "../../sdks/pulumi/debugMessages";
import { supported } from "../../sdks/pulumi/supported";
import { pack } from "../support/testCenter";
import { PackProcess } from "./packProcess";

const folder = mkdtempSync(join(tmpdir(), "groundwork-sdk-"));
afterAll(() => rmSync(folder, { recursive: true }));

const account = "example:index/account:Account";
const deployment = "kubernetes:apps/v1:Deployment";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
const bare = { metadata: { name: "it" }, spec: { replicas: 2, template: { spec: { containers: [{ name: "app" }] } } } };

/** Everything that the pack says of an account whose password is a secret or not, and of a workload. */
async function said(started: PackProcess): Promise<Record<string, string[]>> {
  const of = async (type: string, properties: Record<string, unknown>) => {
    await started.remediates(type, properties);
    return (await started.analyze(type, properties)).map(({ message }) => message);
  };
  return {
    plaintext: await of(account, { password: "hunter2" }),
    secret: await of(account, { password: secret }),
    workload: await of(deployment, bare),
    stack: (await started.analyzeStack(deployment, bare)).map(({ message }) => message),
  };
}

describe("a pack whose policies are asked only of what is in their scope", () => {
  it("is sent each resource once, and says the same as one that Pulumi's SDK serves by itself", async () => {
    const without = join(folder, "without.cjs");
    writeFileSync(without, `delete require("${require.resolve("@pulumi/policy/server")}").makeAnalyzeStackRpcFun;\n`);
    const scoped = await PackProcess.start(pack);
    const plain = await PackProcess.start(pack, ["--require", without]);
    try {
      expect(scoped.stderr()).toBe("");
      expect(plain.stderr()).toBe(
        "@pulumi/policy/server: makeAnalyzeStackRpcFun is not there in this version of Pulumi's SDK; " +
          "every policy is asked of every resource, which takes longer\n",
      );
      expect(await scoped.remediates(account, {})).toBe(false);
      expect(await plain.remediates(account, {})).toBe(true);

      const findings = await said(scoped);
      expect(findings.plaintext?.join()).toContain("it: password holds a password that is no Pulumi secret");
      expect(findings.secret).toEqual([]);
      expect(findings.workload?.join()).toContain("without a memory limit");
      expect(findings.stack?.join()).toContain("no PodDisruptionBudget covers its 2 pods");
      expect(await said(plain)).toEqual(findings);
    } finally {
      scoped.stop();
      plain.stop();
    }
  });

  it("is served only by an SDK that has what that takes", () => {
    expect(supported()).toBeUndefined();
    const nowhere = () => {
      throw new Error("Cannot find module");
    };
    expect(supported(nowhere)).toMatch(/makeAnalyzeRpcFun is not there/);
    expect(supported(() => ({ makeAnalyzeRpcFun: () => {} }))).toMatch(/makeAnalyzeStackRpcFun is not there/);
  });
});

describe("parts of Pulumi's SDK that hardly anything needs", () => {
  const loadedBy = (program: string, ...options: string[]): string[] => {
    const script = `${program}; console.log(JSON.stringify(Object.keys(require.cache)))`;
    const { stdout, stderr } = spawnSync(process.execPath, [...options, "-e", script], {
      cwd: repository,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const modules = JSON.parse(stdout) as string[];
    return ["@pulumi/pulumi/automation/stack.js", "typescript", "@npmcli/arborist"].filter((name) =>
      modules.some((module) => module.includes(`/node_modules/${name}`)),
    );
  };
  const deferred = ["--require", "./sdks/pulumi/deferred.cjs"];

  it("are loaded when they are used", () => {
    expect(loadedBy('require("@pulumi/pulumi")', ...deferred)).toEqual([]);
    expect(loadedBy('require("@pulumi/pulumi").automation.Stack.name', ...deferred)).toContain(
      "@pulumi/pulumi/automation/stack.js",
    );
  });

  it("are all loaded at its start otherwise", () => {
    expect(loadedBy('require("@pulumi/pulumi")').length).toBe(3);
  });
});

describe("messages for debugging, which hold secrets,", () => {
  it("are silenced", () => {
    expect(() => silenceDebugMessages()).not.toThrow();
  });

  it("are refused if they cannot be", () => {
    expect(() => silenceDebugMessages({})).toThrow("cannot be silenced");
  });
});
