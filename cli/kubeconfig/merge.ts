import { Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { UnusableInput } from "../../site/description/unusableInput";

/** A site's entry in a kubeconfig file: its cluster, who signs in, and both as a context. */
export interface Entry {
  cluster: { server: string; "certificate-authority-data": string };
  user: Record<string, unknown>;
}

const LISTS = { clusters: "cluster", users: "user", contexts: "context" } as const;

/**
 * The only cluster and user of a kubeconfig.
 *
 * @throws UnusableInput if it is no kubeconfig
 */
export function entryOf(kubeconfig: string): Entry {
  const read = parseDocument(kubeconfig).toJS() as {
    clusters?: { cluster: Entry["cluster"] }[];
    users?: Pick<Entry, "user">[];
  };
  const [cluster, user] = [read.clusters?.[0]?.cluster, read.users?.[0]?.user];
  if (!cluster || !user)
    throw new UnusableInput([{ path: "output kubeconfig", fact: "it is no kubeconfig", fix: "run `pulumi up`" }]);
  return { cluster, user };
}

export interface Merge {
  /** What the file holds now; nothing if it is not there. */
  text: string | undefined;
  /** What the file is called in problems. */
  file: string;
  /** The name of the cluster, the user and the context. */
  context: string;
}

/**
 * A kubeconfig file with a site in it. What is there stays, with its comments; the site's own entries are brought up to date, and its context
 * becomes the current one only where none is.
 *
 * @throws UnusableInput if the file is no kubeconfig, or another cluster has the name
 */
export function merged(entry: Entry, { text, file, context }: Merge): string {
  const document = text?.trim() ? parseDocument(text) : new Document({ apiVersion: "v1", kind: "Config" });
  const [error] = document.errors;
  if (error || !isMap(document.contents))
    throw problem(
      file,
      `it is no kubeconfig${error ? ` (${error.message.split("\n")[0]})` : ""}`,
      "mend it, or move it away",
    );
  const found = valueIn(listIn(document, "clusters", file), context)?.toJSON()?.cluster;
  if (found && !isSame(found, entry.cluster))
    throw problem(
      file,
      `it has another cluster of the name ${context}, ${found.server}`,
      "name the context of this one: --context NAME",
    );
  const wanted = { clusters: entry.cluster, users: entry.user, contexts: { cluster: context, user: context } };
  for (const [list, field] of Object.entries(LISTS) as [keyof typeof LISTS, string][]) {
    const entries = listIn(document, list, file);
    const there = valueIn(entries, context);
    if (there === undefined) entries.add(document.createNode({ name: context, [field]: wanted[list] }));
    // A context's own namespace is its owner's.
    else if (list === "contexts")
      for (const [key, value] of Object.entries(wanted[list])) there.setIn([field, key], value);
    else if (JSON.stringify(there.toJSON()[field]) !== JSON.stringify(wanted[list]))
      there.set(field, document.createNode(wanted[list]));
  }
  if (!document.get("current-context")) document.set("current-context", context);
  return document.toString({ lineWidth: 0, indentSeq: false });
}

/** A new address, or new authorities, are a site's that changed; both are another's. */
function isSame(found: Entry["cluster"], wanted: Entry["cluster"]): boolean {
  const key = "certificate-authority-data";
  return found.server === wanted.server || (found[key] !== undefined && found[key] === wanted[key]);
}

function listIn(document: Document, name: keyof typeof LISTS, file: string) {
  const found = document.get(name, true);
  if (isSeq(found)) return found;
  if (found != null && !(isScalar(found) && found.value === null))
    throw problem(`${file}: ${name}`, "it is no list", "mend it");
  const made = document.createNode([]);
  document.set(name, made);
  made.flow = false;
  return made;
}

function valueIn(list: { items: unknown[] }, name: string): YAMLMap | undefined {
  return list.items.filter(isMap).find((item) => item.get("name") === name) as YAMLMap | undefined;
}

function problem(path: string, fact: string, fix: string): UnusableInput {
  return new UnusableInput([{ path, fact, fix }]);
}
