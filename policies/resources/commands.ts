import { privateKeysIn } from "../privateKeys";
import type { ResourceRule } from "../resourcePolicy";

/** What others on a machine, a log or a diff can see of a command: not its standard input. */
const exposed = ["create", "update", "delete", "environment", "triggers", "interpreter"];

/** S4: a private key reaches a machine by standard input only. */
export const noKeysInCommands: ResourceRule = {
  id: "no-private-keys-in-commands",
  title: "No private key is part of a command line, an environment variable or a trigger",
  row: "S4",
  severity: "mandatory",
  types: ["command:remote:Command", "command:local:Command"],
  check: ({ props }) =>
    exposed.flatMap((property) => {
      const value: unknown = props[property];
      if (value === undefined) return [];
      const kinds = privateKeysIn(typeof value === "string" ? value : JSON.stringify(value));
      return kinds.map((kind) => ({
        fact: `${property} holds a private key (${kind}), which process lists, logs and diffs show`,
        fix: "pass it in stdin",
      }));
    }),
};
