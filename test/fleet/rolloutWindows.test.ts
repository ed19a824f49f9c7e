import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextOpening, openUntil } from "../../fleet/rollout/windows";
import { DAY, iso, MINUTE, START } from "./plannedRollout";
import { isOpen } from "./rolloutHistory";

describe("windows", () => {
  const night = { timeZone: "Europe/Berlin", windows: [{ days: ["sun" as const], from: "01:00", to: "04:00" }] };
  it("are in the site's time, also when its clocks change", () => {
    // On 2026-10-25 clocks go back in Berlin: from 01:00 to 04:00 are four hours.
    const opens = nextOpening(night, 200, START, START + 30 * DAY);
    expect(iso(opens ?? 0)).toBe("2026-10-24T23:00:00.000Z");
    expect(iso(openUntil(night, opens ?? 0) ?? 0)).toBe("2026-10-25T03:00:00.000Z");
    expect(nextOpening(night, 241, START, START + 30 * DAY)).toBeUndefined();
  });

  it("that follow one another are one, over midnight and for ever", () => {
    const windows = [
      { days: ["mon" as const], from: "22:00", to: "00:00" },
      { days: ["tue" as const], from: "00:00", to: "02:00" },
    ];
    expect(iso(nextOpening({ windows }, 240, START, START + 30 * DAY) ?? 0)).toBe("2026-10-26T22:00:00.000Z");
    const always = {
      windows: [{ days: [...("mon tue wed thu fri sat sun".split(" ") as "mon"[])], from: "00:00", to: "00:00" }],
    };
    expect(openUntil(always, START)).toBeGreaterThan(START + 7 * DAY);
    expect(openUntil({ windows: [] }, START)).toBeUndefined();
  });

  it("agree with the platform's clock", () => {
    const window = fc.record({
      days: fc.uniqueArray(fc.constantFrom("mon" as const, "wed" as const, "sat" as const, "sun" as const), {
        minLength: 1,
      }),
      from: fc.constantFrom("00:00", "03:30", "22:15"),
      to: fc.constantFrom("00:00", "04:00", "23:45"),
    });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland");
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 3 }),
        zone,
        fc.integer({ min: 0, max: 60 * 24 * 20 }),
        (windows, timeZone, minute) => {
          const at = START + minute * MINUTE;
          expect(openUntil({ timeZone, windows }, at) !== undefined).toBe(isOpen({ timeZone, windows }, at));
        },
      ),
    );
  });
});
