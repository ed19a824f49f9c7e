import type { Problem } from "../../site/description/problem";
import { pagePath } from "../output/page";

/** A way in which Pulumi cannot come to a stack's state, by what it says then. */
interface Obstacle {
  said: RegExp;
  problem(stack: string, words: string): Problem;
}

const page = (anchor = "") => `see ${pagePath("damaged-state.md")}${anchor}`;

// Words of Pulumi 3.200 to 3.248; https://github.com/pulumi/pulumi/tree/master/pkg/backend/diy
const obstacles: Obstacle[] = [
  {
    said: /incorrect passphrase/,
    problem: (stack) => ({
      path: "PULUMI_CONFIG_PASSPHRASE",
      fact: `it is not the passphrase of ${stack}`,
      fix: `set the right one, and take the stack file as version control has it; ${page("#the-passphrase")}`,
    }),
  },
  {
    said: /passphrase must be set|PULUMI_CONFIG_PASSPHRASE(_FILE)? .*must be set/,
    problem: (stack) => ({
      path: "PULUMI_CONFIG_PASSPHRASE",
      fact: `it is not set, and the state of ${stack} is encrypted with it`,
      fix: "set it, or PULUMI_CONFIG_PASSPHRASE_FILE",
    }),
  },
  {
    said: /unsupported checkpoint version/,
    problem: (stack, words) => ({
      path: `--stack ${stack}`,
      fact: `this Pulumi cannot read its state (${words})`,
      fix: `use the newer one that wrote it, or ${page()}`,
    }),
  },
  {
    said: /failed to load checkpoint|snapshot integrity|(un)?marshal.*(checkpoint|deployment)/,
    problem: (stack, words) => ({
      path: `--stack ${stack}`,
      fact: `its state is damaged (${words})`,
      fix: `change nothing before you have a copy; ${page()}`,
    }),
  },
  {
    said: /no stack named/,
    problem: (stack) => ({
      path: `--stack ${stack}`,
      fact: "the backend has no such stack",
      fix: `\`pulumi whoami -v\` tells which backend this is, \`pulumi stack ls\` what it has; if the stack was there, ${page()}`,
    }),
  },
  {
    said: /currently locked/,
    problem: (stack, words) => ({
      path: `--stack ${stack}`,
      fact: `it is locked${words === "" ? "" : `, ${words}`}`,
      fix: `wait for that run, or ask whose it is; if it is gone, \`npx groundwork recover --stack ${stack}\``,
    }),
  },
  {
    said: /unable to open bucket|PULUMI_ACCESS_TOKEN must be set|getting user info|blob \(key|\.pulumi\/meta\.yaml|problem logging in/,
    problem: (_, words) => ({
      path: "PULUMI_BACKEND_URL",
      fact: `the backend, where states are kept, does not answer (${words})`,
      fix: "set PULUMI_BACKEND_URL, or `pulumi login`, and what signs in to it; `pulumi whoami -v` tells which backend it is",
    }),
  },
  {
    said: /no Pulumi\.yaml|no Pulumi project|if you're using the --stack flag, pass the fully qualified name/,
    problem: () => ({
      path: "Pulumi.yaml",
      fact: "this folder is no Pulumi project",
      fix: "run this in the folder that has it",
    }),
  },
];

/** What keeps Pulumi from a stack's state, of what it said; nothing if that is about something else. */
export function stateProblem(stack: string, said: string): Problem | undefined {
  return obstacles.find((obstacle) => obstacle.said.test(said))?.problem(stack, wordsOf(said));
}

/** Whose the lock is, or else the reason, without what is around it. */
function wordsOf(said: string): string {
  const lock = /: created by (.+?) at (\S+)/.exec(said);
  if (lock) return printable(`by ${lock[1]} since ${lock[2]}`);
  if (/currently locked/.test(said)) return "";
  const reason = /^Error:\s+(.*)$/m.exec(said)?.[1] ?? /error: (.*(?:\ncaused by: .*)?)/.exec(said)?.[1] ?? said;
  return printable(reason.replace(/^failed to load checkpoint: /, "").replace(/\ncaused by: /, ", "));
}

/** A backend's address may hold a password, which nobody is to read. */
function printable(text: string): string {
  return text
    .trim()
    .replace(/:\/\/[^\s/@]*@/g, "://")
    .replace(/[^\x20-\x7e]/gu, "?")
    .slice(0, 300);
}
