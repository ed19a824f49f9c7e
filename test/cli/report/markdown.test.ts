import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { markdownOf } from "../../../cli/report/markdown";
import type { Report } from "../../../cli/report/model";
import { noPreview, previewOf } from "../../../cli/report/preview";
import { masked } from "../../../cli/report/secrets";
import { stackReport } from "../../../cli/report/stack";
import { demoStacks, previewOfChange } from "../../support/changes";

const told = (...stacks: Report["stacks"]): string => markdownOf({ stacks, removed: [], scope: "asked for" });
const pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----";

describe("a report in Markdown", () => {
  it("begins with the verdict", () => {
    const { before, after } = demoStacks();
    const report = stackReport(previewOfChange(before, after, { replaced: { "demo-etcd-b": ["guestId"] } }));
    expect(told(report).split("\n")[0]).toBe("## ✅ Safe, with a caution: demo: 1 machine replaced");
    expect(told(stackReport(noPreview("x", "no")))).toMatch(/^## ⚠️ Could not be judged: x: the preview broke\n/);
  });

  it("lets nothing that it quotes become markup", () => {
    const policies = [{ policy: "p", level: "mandatory" as const, message: "a|b <img src=x> [c](d) *e*; f" }];
    const { before, after } = demoStacks();
    const text = told(stackReport(previewOfChange(before, after, { preview: { policies } })));
    expect(text).not.toMatch(/[^\\]<img|[^\\]\[c\]\(|[^\\]\*e\*/);
  });

  it("fits a comment, whatever changes", () => {
    const { before, after } = demoStacks();
    const preview = previewOfChange(before, after);
    const step = preview.steps[0];
    if (!step) throw new Error("no step");
    const many = Array.from({ length: 3000 }, (_, i) => ({
      ...step,
      type: "kubernetes:core/v1:ConfigMap",
      name: `resource-${i}`,
      op: "create" as const,
    }));
    const text = told(stackReport({ ...preview, steps: [...preview.steps, ...many] }));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("The raw diff is too long for this place; the HTML has it.");
    expect(text).toContain("<!-- groundwork report -->");
  });

  it("says of many sites which are unsafe", () => {
    const { before, after } = demoStacks();
    const safe = stackReport(previewOfChange(before, after));
    const text = told(safe, stackReport(noPreview("other", "incorrect passphrase")));
    expect(text).toMatch(/^## ⚠️ Could not be judged: 1 of 2 sites\n/);
    expect(text).toContain("| other | ⚠️ Could not be judged | the preview broke |");
    expect(text).toContain("<details open>\n<summary>other: Could not be judged</summary>");
  });
});

describe("secrets", () => {
  it("are taken out wherever they turn up", () => {
    const env = { DB_PASSWORD: "hunter22", HOME: "/root" };
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
    expect(masked({ a: secret, b: [pem, "/root hunter22!"] }, env)).toEqual({
      a: "[secret]",
      b: ["[secret]", "/root [secret]!"],
    });
  });

  it("in the engine's debug messages never arrive", () => {
    const diagnostic = (severity: string, message: string): EngineEvent =>
      ({ diagnosticEvent: { severity, message, color: "never" } }) as EngineEvent;
    const preview = previewOf("s", [diagnostic("debug", "password=x"), diagnostic("error", `bad key ${pem}`)]);
    expect(preview).toMatchObject({ errors: ["bad key [secret]"], warnings: [], complete: false });
  });
});
