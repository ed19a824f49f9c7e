import type { EngineEvent } from "@pulumi/pulumi/automation";

/**
 * Ends a preview that failed and goes no further. After an error an inline program may wait for values that never come, and the
 * engine for the program; run by itself, it would have ended.
 */
export class Patience {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private failed = false;

  /** @param quietMs how long nothing may happen after an error */
  constructor(private readonly quietMs = 10_000) {}

  /** Aborted when the preview is to end. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  saw({ diagnosticEvent, cancelEvent }: EngineEvent): void {
    this.failed ||= diagnosticEvent?.severity === "error";
    this.end();
    if (this.failed && !cancelEvent) this.timer = setTimeout(() => this.ending.abort(), this.quietMs);
  }

  /** The preview is over. */
  end(): void {
    clearTimeout(this.timer);
  }
}
