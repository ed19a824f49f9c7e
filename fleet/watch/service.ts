import type { WatchTimes } from "../file/schema";
import type { Pace } from "../rollout/service";

/** What the workflows of watching are begun with. */
export interface WatchInput extends Pick<WatchTimes, "timeZone" | "atOnce" | "drills" | "repair"> {
  /** The Pulumi project. */
  project: string;
  pace: Pace;
}

/** When sites are looked at, as Temporal has it. */
export interface Scheduled {
  what: "looks" | "drills";
  /** The next times, ISO 8601. */
  next: string[];
}

/** The watch over a project's sites. Every method throws UnusableInput with what a person has to do. */
export interface WatchService {
  /** Has sites looked at, and drilled if the fleet says so, at these times from now on; the same again changes nothing. */
  set(times: WatchTimes, pace: Pace): Promise<Scheduled[]>;
  /** Ends it; false if there was none. */
  end(): Promise<boolean>;
  /** Has every site looked at now. @throws if it was not set */
  lookNow(): Promise<void>;
  close(): Promise<void>;
}
