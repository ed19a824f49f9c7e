import type { EngineEvent } from "@pulumi/pulumi/automation";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Patience } from "../../../cli/report/patience";

const event = (of: Partial<EngineEvent>) => ({ sequence: 1, timestamp: 1, ...of }) as EngineEvent;
const said = (severity: "error" | "warning") =>
  event({ diagnosticEvent: { message: "it", color: "never", severity } as EngineEvent["diagnosticEvent"] });

let patience: Patience;
beforeEach(() => {
  vi.useFakeTimers();
  patience = new Patience(1000);
});
afterEach(() => vi.useRealTimers());

const endsAfter = (ms: number) => {
  vi.advanceTimersByTime(ms);
  return patience.signal.aborted;
};

it("a preview without an error may take its time", () => {
  patience.saw(said("warning"));
  expect(endsAfter(3_600_000)).toBe(false);
});

it("one that failed is ended once nothing happens any more", () => {
  patience.saw(said("error"));
  expect(endsAfter(900)).toBe(false);
  patience.saw(said("warning"));
  expect(endsAfter(900)).toBe(false);
  expect(endsAfter(100)).toBe(true);
});

it("one that failed and is over is not ended", () => {
  patience.saw(said("error"));
  patience.saw(event({ cancelEvent: {} as EngineEvent["cancelEvent"] }));
  expect(endsAfter(5000)).toBe(false);
});
