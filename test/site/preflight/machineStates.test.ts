import { describe, expect, test } from "vitest";
import { preflight } from "../../../site/judge/preflight";
import { plan, vcenter, wanted } from "./facts";

describe("machines of the site that exist", () => {
  const name = "shop-general-a";
  const address = plan.machines.find((machine) => machine.name === name)?.address;
  const toldOf = (machine: object) => {
    const facts = vcenter((known) => {
      known.machines = [{ name, path: `/DC0/vm/${name}`, ...machine }];
    });
    const lines = preflight(plan, wanted, facts, new Set([name]));
    return lines.filter(({ path }) => path === `machines.${name}`).map(({ state, fact }) => `${state}: ${fact}`);
  };

  test("real-vcenter-02: one that vCenter no longer reaches is refused, with why", () => {
    for (const connection of ["inaccessible", "orphaned", "invalid", "disconnected"])
      expect(toldOf({ connection })).toEqual([expect.stringMatching(`^refused: vCenter says it is ${connection}: `)]);
    expect(toldOf({ connection: "connected", poweredOn: true })).toEqual([]);
  });

  test("real-vcenter-02: one that was removed by hand is told", () => {
    const lines = preflight(plan, wanted, vcenter(), new Set([name]));
    expect(lines).toContainEqual(
      expect.objectContaining({
        state: "caution",
        path: `machines.${name}`,
        fact: expect.stringContaining("none of that name"),
      }),
    );
  });

  test("real-vcenter-19: one that could not wipe what it was told for its first boot is told", () => {
    const boots = { poweredOn: true, toolsRun: true, address, keepsUserdata: true };
    expect(toldOf(boots)).toEqual([expect.stringContaining("its private SSH host key among it")]);
    expect(toldOf({ ...boots, keepsUserdata: false })).toEqual([]);
    expect(toldOf({ ...boots, toolsRun: undefined })).toEqual([]);
  });

  test("real-vcenter-30: what vCenter knows of a guest that does not answer is told", () => {
    expect(toldOf({ poweredOn: true, question: "Was it moved or copied?" })).toEqual([
      "caution: it waits for an answer: Was it moved or copied?",
    ]);
    expect(toldOf({ poweredOn: false })).toEqual(["caution: it is switched off"]);
    expect(toldOf({ poweredOn: true, toolsRun: false })).toEqual([
      expect.stringContaining("its VMware tools do not run"),
    ]);
    expect(toldOf({ poweredOn: true, toolsRun: true, address: "169.254.3.4" })).toEqual([
      `caution: it has the address 169.254.3.4, not ${address}`,
    ]);
    expect(toldOf({ poweredOn: true, toolsRun: true, address })).toEqual([]);
  });
});
