import { afterAll, beforeAll, expect, it } from "vitest";
import { pulumi } from "../../cli/stack/pulumi";
import { recordsOf } from "../../cli/stack/state";
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
  const { machines } = await recordsOf(stack);
  expect(machines).toHaveLength(site.machines().length);
});
