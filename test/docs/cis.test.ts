import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cisChapters, cisPage, cisScript } from "../../docs/generate/cis";

const numbers = cisChapters().flatMap(({ checks }) =>
  Object.keys(checks).flatMap((id) => {
    const [, first = "", last] = /^([\d.]+) to ([\d.]+)$/.exec(id) ?? [];
    if (last === undefined) return id.split(", ");
    const [chapter, from, to] = [
      first.replace(/\d+$/, ""),
      ...[first, last].map((each) => Number(each.split(".").at(-1))),
    ];
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${chapter}${Number(from) + i}`);
  }),
);

describe("the table of the CIS benchmark's checks (S9)", () => {
  it("is what docs/cis.md shows; else run `npm run docs:cis`", () => {
    expect(readFileSync(join(__dirname, "../../docs/cis.md"), "utf8")).toBe(cisPage());
  });

  it("leaves no check of the control plane, etcd and nodes out", () => {
    const chapter = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}.${i + 1}`);
    expect([...numbers].sort()).toEqual(
      [
        ...chapter("1.1", 21),
        ...chapter("1.2", 30),
        ...chapter("1.3", 7),
        ...chapter("1.4", 2),
        ...chapter("2", 7),
        ...chapter("3.1", 3),
        ...chapter("3.2", 2),
        ...chapter("4.1", 10),
        ...chapter("4.2", 14),
        "4.3.1",
      ].sort(),
    );
  });

  it.each(["control-plane", "etcd", "worker"] as const)("is a script that bash reads: %s", (role) => {
    execFileSync("bash", ["-n"], { input: cisScript(role) });
  });

  const said = (script = cisScript("control-plane")) =>
    execFileSync("bash", ["-euo", "pipefail", "-s"], { input: script, encoding: "utf8" }).split("\n");

  it("finds what does not hold", () => {
    // Nobody has these files here.
    expect(said()).toEqual(expect.arrayContaining(["1.1.1, 1.1.2", "4.2.1"]));
  });

  it("finds an own choice that has become what the benchmark asks", () => {
    const chosen = cisScript("control-plane").replaceAll(
      "/var/lib/kubelet/config.yaml",
      "/dev/stdin <<<'rotateCertificates: true'",
    );
    expect(said(chosen)).toContain("4.2.10, 4.2.11 passes");
    expect(said()).not.toContain("4.2.10, 4.2.11 passes");
  });
});
