import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { pulumi } from "../../cli/stack/pulumi";
import { Installed } from "../support/installed";
import { RunningSite } from "../support/lab/site";

let installed: Installed;
beforeAll(async () => {
  installed = await Installed.make();
});
afterAll(() => installed?.remove());

it("the site stays as it is when a folder of `groundwork init` over the installed package brings it up", async () => {
  const site = await RunningSite.open();
  const made = await installed.groundwork(["init", ".", "--yes"]);
  expect(made.code, made.stdout + made.stderr).toBe(0);
  const stack = { ...site.stack, folder: installed.folder };
  const args = ["up", "--yes", "--skip-preview", "--expect-no-changes", "--policy-pack", installed.pack];
  const up = await pulumi(stack, args);
  expect(up.code, up.stdout + up.stderr).toBe(0);
  const outputs = await pulumi(stack, ["stack", "output", "--json"]);
  const names = Object.keys(parse(outputs.stdout).machines ?? {});
  expect(names.length).toBe(site.machines().length);
});
