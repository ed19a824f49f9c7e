import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comesForEver, isCalendarEvent } from "../../site/description/calendar";

describe("calendar events", () => {
  test.each([
    "hourly",
    "*-*-* 02:00",
    "Mon..Fri 10:00",
    "*:0/15",
    "daily Europe/Berlin",
    "Sat *-*-1..7 18:00",
    "*-*~3",
  ])("%s is one", (text) => {
    expect(isCalendarEvent(text)).toBe(true);
  });

  test.each([
    "whenever I like",
    "25:00",
    "10:60",
    "Fri..Mon",
    "*-13-1",
    "*-*-32",
    "*:*/15",
    "10:00 nowhere",
    "",
    "1-1-1-1",
  ])("%j is none", (text) => {
    expect(isCalendarEvent(text)).toBe(false);
  });

  test.each(["*-02-30", "*-04,06-31 02:00", "2020-01-01", "2030..2040-*-* 02:00", "Mon *-02-30..31", "*-4/5-31 UTC"])(
    "%s never comes, or not for ever",
    (text) => {
      expect([isCalendarEvent(text), comesForEver(text)]).toEqual([true, false]);
    },
  );

  test.each(["hourly", "*-02-29", "*-*-31", "*-1/2-31", "Mon..Fri 10:00", "*-*~1", "02-28,30", "*:0/15"])(
    "%s comes for ever",
    (text) => {
      expect([isCalendarEvent(text), comesForEver(text)]).toEqual([true, true]);
    },
  );

  const systemd = spawnSync("systemd-analyze", ["calendar", "hourly"], { stdio: "ignore" }).status === 0;
  test.runIf(systemd)("systemd takes the same ones", () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(1969, 1970, 2199, 2200)).map(String);
    const part = fc.oneof(
      fc.constant("*"),
      number,
      fc.tuple(number, number).map(([a, b]) => `${a}..${b}`),
      fc.tuple(number, number).map(([a, b]) => `${a}/${b}`),
      fc.array(number, { minLength: 2, maxLength: 3 }).map((all) => all.join(",")),
    );
    const days = fc.array(fc.constantFrom("Mon", "tuesday", "Wed", "SUN", "..", ",", "-", "Funday"), { maxLength: 4 });
    const event = fc.tuple(
      days.map((all) => (all.length > 0 ? `${all.join("")} ` : "")),
      fc.oneof(
        fc.constant(""),
        fc.tuple(part, fc.constantFrom("-", "~"), part).map((all) => `*-${all.join("")} `),
      ),
      fc.oneof(
        fc.constant(""),
        fc.array(part, { minLength: 1, maxLength: 4 }).map((all) => all.join(":")),
      ),
      fc.constantFrom("", " UTC", " Europe/Berlin", " Nowhere"),
    );
    fc.assert(
      fc.property(event, (parts) => {
        const text = parts.join("").trim();
        const real = spawnSync("systemd-analyze", ["calendar", "--", text], { stdio: "ignore" }).status === 0;
        expect([text, isCalendarEvent(text)]).toEqual([text, real]);
      }),
      { numRuns: 300 },
    );
  });
});
