import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { groundwork } from "../../cli/program";
import { cliPage } from "../../docs/generate/cli";

const root = join(__dirname, "../..");

it("docs/cli.md is current; else run `npm run docs:cli`", async () => {
  expect(readFileSync(join(root, "docs/cli.md"), "utf8")).toBe(await cliPage());
});

it("every command says what it does, and none of the lab is among them", async () => {
  const names = (await groundwork()).commands.map((command) => {
    expect(command.description(), command.name()).not.toBe("");
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe("");
    return command.name();
  });
  expect(names).toContain("plan");
  expect(names.filter((name) => ["demo", "rehearse", "test"].includes(name))).toEqual([]);
});

it("the version is the package's", async () => {
  expect((await groundwork()).version()).toBe(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
});
