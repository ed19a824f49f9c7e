import { known, Unknown } from "../known";
import type { ResourceRule, Violation } from "../resourcePolicy";

/** Commands that reach a machine by SSH. */
const remote = ["command:remote:Command", "command:remote:CopyFile", "command:remote:CopyToRemote"];

/** S4: nobody can stand between the program and a machine. */
export const hostKeysPinned: ResourceRule = {
  id: "ssh-host-keys-pinned",
  title: "Every SSH connection pins the public host key of the machine it wants to reach",
  row: "S4",
  severity: "mandatory",
  types: remote,
  check: ({ props }) => {
    const { connection } = props;
    return [
      ...unpinned(connection, "connection"),
      ...(has(connection, "proxy") ? unpinned(connection.proxy, "connection.proxy") : []),
    ];
  },
};

function unpinned(connection: Record<string, unknown> | undefined, path: string): Violation[] {
  if (has(connection, "hostKey")) return [];
  return [
    {
      fact: `${path} has no hostKey, so whoever answers at ${shown(connection)} is believed`,
      fix: `set ${path}.hostKey to the machine's public SSH host key`,
    },
  ];
}

/** A value that is not known yet is one that was given. */
function has(object: Record<string, unknown> | undefined, key: string): boolean {
  const value = known(() => object?.[key]);
  return value instanceof Unknown || (value !== undefined && value !== null && value !== "");
}

function shown(connection: Record<string, unknown> | undefined): string {
  const host = known(() => connection?.host);
  return typeof host === "string" ? host : "that address";
}
