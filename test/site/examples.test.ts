import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runPlan } from "../../cli/plan/command";

const folder = join(__dirname, "../../docs/examples");
const examples = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

test("there are at least twenty examples", () => {
  expect(examples.length).toBeGreaterThanOrEqual(20);
});

describe("each example's printed plan is the one beside it", () => {
  test.each(examples)("%s", async (name) => {
    let printed = "";
    const print = (text: string) => {
      printed += text;
    };
    const code = runPlan(join(folder, name), {}, print, print);
    await expect(`$ groundwork plan ${name}   # exit code ${code}\n\n${printed}`).toMatchFileSnapshot(
      join(folder, name.replace(/\.yaml$/, ".txt")),
    );
  });
});
