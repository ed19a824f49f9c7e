/** What the SDK's modules tell their messages to. */
type Log = Record<string, unknown>;

/**
 * Keeps the SDK's messages for debugging in this process. With every call it also sends the engine one that holds the whole
 * resource, secrets in clear text, and the engine writes all of them to its log of events.
 *
 * @throws Error if this version of the SDK sends them by another way
 */
export function silenceDebugMessages(log: Log = require("@pulumi/pulumi/log")): void {
  if (!isToldFirst(log))
    throw new Error(
      "@pulumi/pulumi: its debug messages, which hold secrets, cannot be silenced; use the version that package-lock.json names",
    );
  Object.assign(log, { debug: async () => {} });
}

/** Whether a registration begins with a message to `log`, which ends this one before it does anything else. */
function isToldFirst(log: Log): boolean {
  const { registerResource } = require("@pulumi/pulumi/runtime/resource");
  const told = new Error("told");
  const { debug } = log;
  Object.assign(log, {
    debug: () => {
      throw told;
    },
  });
  try {
    registerResource({}, undefined, "groundwork:index:None", "none", false, false, undefined, {}, {});
    return false;
  } catch (error) {
    return error === told;
  } finally {
    Object.assign(log, { debug });
  }
}
