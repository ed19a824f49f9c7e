import { describe, expect, test } from "vitest";
import { patternOf, storedName } from "../../site/description/inventoryName";

describe("F10: a name of vCenter's inventory", () => {
  test.each([
    ["VLAN 120/121", "VLAN 120%2f121"],
    ["VLAN 120%2f121", "VLAN 120%2f121"],
    ["VLAN 120%2F121", "VLAN 120%2f121"],
    ["a\\b", "a%5cb"],
    ["100%", "100%25"],
    ["100%25", "100%25"],
    ["100%30", "100%2530"],
    ["Büro & Lager [120]", "Büro & Lager [120]"],
  ])("%s is kept as %s, however it is written", (written, kept) => {
    expect(storedName(written)).toBe(kept);
    expect(storedName(kept)).toBe(kept);
  });

  test("brackets, stars and question marks stand for themselves in a search", () => {
    expect(patternOf("[SSD] a/b*?")).toBe("\\[SSD\\] a%2fb\\*\\?");
    expect(patternOf("VM Network")).toBe("VM Network");
  });
});
