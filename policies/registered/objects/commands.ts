import { configurationFact } from "../../../site/facts/configuration";
import type { ConnectionFact, ExposureFact, ObjectFacts } from "../../../site/facts/objects";
import { filesIn } from "../../archive";
import { privateKeysIn } from "../../privateKeys";
import type { Reading } from "../reading";

/** What others on a machine, a log or a diff can see of a command: not its standard input. */
const exposed = ["create", "update", "delete", "environment", "triggers", "interpreter"];

/** A command as it was registered: whom it believes, what it shows, and the configuration that it installs. */
export function commandFacts(path: string, read: Reading, remote: boolean): Partial<ObjectFacts> {
  return {
    ...(remote && { connections: connectionsOf(path, read) }),
    exposures: exposed.flatMap((place): ExposureFact[] => {
      const { text, mayHide } = read.at(place).searched();
      const secrets: (string | undefined)[] = [...privateKeysIn(text)];
      if (mayHide !== false) secrets.push(mayHide ? "not known" : undefined);
      return secrets.map((secret) => ({ path, where: "command", place, secret }));
    }),
    configurations: configurationsOf(path, read),
  };
}

export function connectionsOf(path: string, read: Reading): ConnectionFact[] {
  const connection = read.at("connection");
  const proxy = connection.at("proxy");
  const places = [
    ["connection", connection] as const,
    ...(proxy.isSet() === true ? [["connection.proxy", proxy] as const] : []),
  ];
  return places.flatMap(([place, at]): ConnectionFact[] => {
    // A connection that is not known at all may lack a key; one whose key is not known has one.
    if (!at.isKnown) return at.isSet() === null ? [{ path, place, address: null, pinned: false }] : [];
    const key = at.at("hostKey");
    const pinned = !key.isKnown || (key.text() ?? "") !== "";
    const host = at.at("host");
    return [{ path, place, address: host.isKnown ? host.text() : undefined, pinned }];
  });
}

/** Files come as a tar, zipped, in base64 on standard input; other input configures nothing that rules can read. */
function configurationsOf(path: string, read: Reading): ObjectFacts["configurations"] {
  // What is only done when it is deleted leaves no configuration behind.
  const isLeftOut = (place: string) => read.at(place).isKnown && read.at(place).isSet() === null;
  if (isLeftOut("create") && isLeftOut("update")) return [];
  const stdin = read.at("stdin").text("");
  if (stdin === null || stdin === undefined) return [];
  if (!read.at("stdin").isKnown) return [notKnown(path)];
  const files = filesIn(stdin);
  return files.length > 0 ? [configurationFact(path, files)] : [];
}

/** A machine's configuration at its worst: everything is open, nothing is checked. */
function notKnown(path: string): ObjectFacts["configurations"][number] {
  return {
    path,
    apiServer: { "tls-min-version": "not known", "authorization-mode": "not known" },
    files: {},
    kubelet: { failSwapOn: false },
    etcd: {},
    version: "0.0",
    ignoredChecks: ["not known"],
    openKeys: ["not known"],
    authorityKeys: ["not known"],
  };
}
