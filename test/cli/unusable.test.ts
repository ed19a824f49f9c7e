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
function told(text: string | Buffer, name = "site.yaml"): string[] {
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

  test("a stack file without a description, and one that holds it encrypted", () => {
    expect(told("config:\n")).toEqual(["config: null is not an object; describe the site in its groundwork:site"]);
    expect(told("config:\n  groundwork:site:\n    secure: AAAB\n")).toEqual([
      "config.groundwork:site: it is encrypted; write the description as it is: no secret is in it",
    ]);
    expect(told("")).toEqual(["site.yaml: it is empty; describe the site in it"]);
  });

  test.each<[string, string | Buffer, string]>([
    [
      "several documents",
      `${base}\n---\n${base}`,
      "it holds several documents; leave one in it: nothing after a second ---",
    ],
    ["another encoding", Buffer.from(`\ufeff${base}`, "utf16le"), "it is not written in UTF-8; save it as UTF-8"],
    [
      "letters of another encoding",
      Buffer.from("name: caf\xe9\n", "latin1"),
      "it is not written in UTF-8; save it as UTF-8",
    ],
    [
      "aliases that stand for a million values",
      `a0: &a0 [x, x]\n${Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`,
      "its aliases stand for more than 1000 values; write the aliases out",
    ],
    ["lists in lists in lists", `a: ${"[".repeat(501)}${"]".repeat(501)}`, "it is nested far too deep; flatten it"],
    ["objects in objects", "{a: ".repeat(501) + "}".repeat(501), "it is nested far too deep; flatten it"],
    [
      "lines that go further and further in",
      Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
      "it is nested far too deep; flatten it",
    ],
  ])("%s", (_, text, words) => {
    expect(told(text)).toEqual([`site.yaml: ${words}`]);
  });

  test("JSON with a name twice, or nested without an end", () => {
    expect(told('{"name": "a", "name": "b"}', "site.json")).toEqual([
      "site.json: Map keys must be unique at line 1, column 15; correct the JSON there",
    ]);
    expect(told(`${'{"a":'.repeat(501)}1${"}".repeat(501)}`, "site.json")).toEqual([
      "site.json: it is nested far too deep; flatten it",
    ]);
  });

  test("a byte order mark, and lines that end as on Windows, are no fault", () => {
    const file = join(folder, "marked.yaml");
    writeFileSync(file, `\ufeff${base.replaceAll("\n", "\r\n")}`);
    const plain = join(folder, "plain.yaml");
    writeFileSync(plain, base);
    const lines = [file, plain].map((one) => {
      let said = "";
      const add = (line: string) => {
        said += line.replaceAll(one, "");
      };
      return [runPlan(one, {}, add, add), said];
    });
    expect(lines[0]).toEqual(lines[1]);
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

  test("as more names than anything has", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1]));
    expect(refusal(site(threeHosts, { backup: many(6000) as never }))).toEqual([
      "backup: it has 6000 settings; use at most 5000",
    ]);
    expect(refusal(site(threeHosts, { kubernetes: { version: "1.36.3", kubelet: many(4000) } }))).toEqual([
      "kubernetes.kubelet: it has 4000 fields; use at most 500",
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
