import { Metadata, status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { failureAt } from "../../temporal/failure";
import { message } from "./asking";

// What a server that is asked for too long answers depends on which of both sides looks at the clock first.
it.each([
  ["nobody answers in time", status.DEADLINE_EXCEEDED],
  ["the server ends the call in time", status.CANCELLED],
  ["nobody is there", status.UNAVAILABLE],
])("%s: it does not answer", async (_, code) => {
  const answered = Object.assign(new Error("it failed"), { code, details: "it failed", metadata: new Metadata() });
  for (const error of [answered, new Error("asked in vain", { cause: answered })])
    expect(await message(Promise.reject(failureAt("127.0.0.1:1", "default", error)))).toMatch(
      /^Temporal at 127.0.0.1:1: it does not answer; start/,
    );
});
