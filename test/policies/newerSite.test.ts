import { describe, expect, it } from "vitest";
import * as types from "../../policies/types";
import { demoPlan, inputsOf, judged, stackOf } from "../support/demoStack";

const stack = (version?: number) => {
  const resources = stackOf(demoPlan());
  if (version !== undefined) inputsOf(resources, "demo", types.site).version = version;
  return resources;
};

describe("a site whose program is newer than the pack", () => {
  it.each([true, false])("is refused once, as nothing of it can be judged (preview: %s)", (preview) => {
    const mandatory = judged(stack(2), { preview }).filter(({ level }) => level === "mandatory");
    expect(mandatory.map(({ policy, resource }) => [policy, resource])).toEqual([["machines-recognised", "demo"]]);
    expect(mandatory[0]?.message).toContain(
      "demo.version: 2 is newer than this program knows (1); install a newer groundwork",
    );
  });

  it("is judged where its plan has the pack's version, or none, as before there were any", () => {
    expect(judged(stack(1))).toEqual(judged(stack()));
    expect(judged(stack(1)).filter(({ level }) => level === "mandatory")).toEqual([]);
  });
});
