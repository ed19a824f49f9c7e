import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runPlan } from "../../cli/plan/command";
import { hostKeyOf } from "../support/hostKeys";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

const folder = mkdtempSync(join(tmpdir(), "groundwork-unusable-"));
afterAll(() => rmSync(folder, { recursive: true }));
const base = readFileSync(join(__dirname, "../site/inputs/00-base.yaml"), "utf8");

/** What `plan` says of a file with this text; the exit code is 2. */
function told(text: string, name = "site.yaml"): string[] {
  const file = join(folder, name);
  writeFileSync(file, text);
  let said = "";
  const code = runPlan(
    file,
    {},
    () => {},
    (line) => {
      said += line;
    },
  );
  expect(code).toBe(2);
  return said.trimEnd().replaceAll(file, name).split("\n");
}

describe("what is wrong is said in a person's words", () => {
  test("a stack file's key that is nearly right", () => {
    const inside = base.replace(/^/gm, "    ");
    expect(told(`config:\n  groundwrok:site:\n${inside}`)).toEqual([
      "config.groundwrok:site: no such setting; did you mean groundwork:site?",
    ]);
    expect(told("config:\n  aws:region: x\n")).toEqual(["config: it has no groundwork:site; describe the site there"]);
  });

  test("settings that are nearly right, and kinds that there are not", () => {
    expect(
      told(
        base
          .replace("kind: vsphere", "kind: vsfere")
          .replace("memoryGiB: 128", "memoryGib: 128")
          .replace("count: 2", "count: 2, cpu: 3"),
      ),
    ).toEqual([
      'hypervisor.kind: "vsfere" is not possible; use vsphere or existing',
      "hosts[0].memoryGiB: it is missing; add a number",
      "hosts[0].memoryGib: no such setting; did you mean memoryGiB?",
      "workers[0].cpu: no such setting; did you mean cpus?",
    ]);
    expect(told(base.replace("kind: vsphere, ", ""))).toEqual([
      "hypervisor.kind: it is missing; use vsphere or existing",
    ]);
  });

  test("a bound that is itself too much", () => {
    expect(refusal(site(threeHosts, { network: { ...site([]).network, rttMs: 0 } }))).toEqual([
      "network.rttMs: 0 is too small; use more than 0",
    ]);
  });

  test("a parser's words are told whole", () => {
    expect(told(base.replace("network:\n", "network: {a: b: c}\n"))).toEqual([
      "site.yaml: Block collections are not allowed within flow collections at line 22, column 14; correct the YAML there",
    ]);
  });

  test("servers with a pool that cannot be", () => {
    const machine = { name: "a", host: "esx-1", hostKey: hostKeyOf(0) };
    const lines = refusal(
      site(threeHosts, {
        hypervisor: { kind: "existing" },
        workers: [],
        machines: [
          { ...machine, role: "etcd", address: "10.0.42.11", pool: "general" },
          { ...machine, name: "b", role: "worker", address: "10.0.42.12", hostKey: hostKeyOf(1) },
        ],
      }),
    );
    expect(lines).toContain("machines[0].pool: role etcd has no pool; remove it");
    expect(lines).toContain(
      "machines[1].pool: a worker belongs to a pool; describe a pool in workers, and name it here",
    );
  });
});

describe("a description that is too large is told before it is looked at", () => {
  test("as a file", () => {
    const hosts = "  - {name: h, cpus: 16, memoryGiB: 128}\n".repeat(150_000);
    expect(told(`hosts:\n${hosts}`)).toEqual(["site.yaml: it is larger than 4 MiB; split it into several sites"]);
    expect(told(`[${"0,".repeat(3_000_000)}0]`, "site.json")).toEqual([
      "site.json: it is larger than 4 MiB; split it into several sites",
    ]);
  });

  test("as a list: what is in it is not judged", () => {
    const hosts = Array.from({ length: 5001 }, () => ({}) as never);
    expect(refusal({ ...site([]), hosts, surprise: 1 })).toEqual([
      "hosts: a list of 5001 is too large; use at most 5000 entries",
    ]);
    const devices = Array.from({ length: 257 }, () => 1);
    expect(refusal({ ...site([]), hosts: [{ devices }] })).toEqual([
      "hosts[0].devices: a list of 257 is too large; use at most 256 entries",
    ]);
  });
});
