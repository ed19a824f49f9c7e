/**
 * What a command of a runbook does. `ask` needs a person's answers; `access` fetches the keys; `see` changes nothing; `do` mends;
 * `edit` is for who has changed the description first.
 */
export type Use = "ask" | "access" | "see" | "do" | "edit";

/** One step: what it is for, and the exact command if there is one. */
export interface Step {
  text: string;
  command?: string;
  use?: Use;
}

/** A way out, and how to know that it is the right one. */
export interface Way {
  /** `back`, `gone` …: what a test, or a link, finds it by. */
  id: string;
  when: string;
  steps: Step[];
}

/** One thing that can happen to a site. */
export interface Procedure {
  /** `machine demo-etcd-a`. */
  id: string;
  title: string;
  /** What it costs, as the failure table has it. */
  happens: string[];
  see: Step[];
  ways: Way[];
}

export const see = (text: string, command: string): Step => ({ text, command, use: "see" });
export const act = (text: string, command: string): Step => ({ text, command, use: "do" });
export const tell = (text: string): Step => ({ text });
