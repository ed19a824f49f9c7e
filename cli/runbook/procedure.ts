/**
 * What a command of a runbook does. `ask` needs a person's answers; `access` fetches the keys; `fill` has blanks, which name what failed;
 * `see` changes nothing; `do` mends; `edit` is for who has changed the description first.
 */
export type Use = "ask" | "access" | "fill" | "see" | "do" | "edit";

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

/** What can fail in the same way, and what that costs. */
export interface Case {
  /** Its rows of the failure table: `machine demo-etcd-a`. */
  of: string[];
  /** What people call it. */
  names: string[];
  /** The machines that stop with it, or cannot be reached. */
  machines: string[];
  etcd: string;
  api: string;
  workers: string;
}

/** One kind of thing that can happen to a site: a chapter. */
export interface Procedure {
  /** `machine`, `host` …: what a test, or a link, finds it by. */
  id: string;
  title: string;
  /** What its reader sees: the lines of the first page that lead to it. */
  seen: string[];
  /** What it is, and what it costs. */
  happens: string[];
  /** Which ones there are, each with its cost. */
  cases: Case[];
  see: Step[];
  ways: Way[];
}

export const see = (text: string, command: string): Step => ({ text, command, use: "see" });
export const act = (text: string, command: string): Step => ({ text, command, use: "do" });
export const fill = (text: string, command: string): Step => ({ text, command, use: "fill" });
export const tell = (text: string): Step => ({ text });
