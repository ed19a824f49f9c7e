import type { ConfigurationFact } from "./objects";

/** A file as a machine gets it. */
export interface ConfiguredFile {
  path: string;
  mode: number;
  text: string;
}

const privateKey = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----|client-key-data:/;
/** Where kubeadm has the authorities' private keys. */
const authorityKeys = /\/etc\/(kubernetes|etcd)\/pki\/(etcd\/)?(ca|front-proxy-ca)\.key$/;

/** What rules read of a machine's files. */
export function configurationFact(path: string, files: readonly ConfiguredFile[]): ConfigurationFact {
  const kubeadm = documents(files.find((file) => file.path.endsWith("/kubeadm.yaml")));
  const cluster = kubeadm.find(({ kind }) => kind === "ClusterConfiguration");
  const node = kubeadm.find(({ kind }) => kind === "InitConfiguration" || kind === "JoinConfiguration");
  const inApiServer = files.filter((file) => file.path.startsWith("/etc/kubernetes/apiserver/"));
  const ignored = (node?.nodeRegistration as { ignorePreflightErrors?: string[] } | undefined)?.ignorePreflightErrors;
  return {
    path,
    apiServer: cluster === undefined ? null : flagsOf(cluster.apiServer),
    files: Object.fromEntries(inApiServer.map((file) => [file.path.split("/").at(-1), documents(file)[0]])),
    kubelet: documents(files.find((file) => file.path.endsWith("/kubelet/config.yaml")))[0] ?? null,
    etcd: documents(files.find((file) => file.path.endsWith("/etcd.yaml")))[0] ?? null,
    version: typeof cluster?.kubernetesVersion === "string" ? cluster.kubernetesVersion : null,
    ignoredChecks: ignored ?? null,
    openKeys: files.filter((file) => (file.mode & 0o077) !== 0 && privateKey.test(file.text)).map((file) => file.path),
    authorityKeys: files.filter((file) => authorityKeys.test(file.path)).map((file) => file.path),
  };
}

type Document = Readonly<Record<string, unknown>>;

const parsed = new Map<string, readonly Document[]>();

/** Machines of a role have much the same files: each text is parsed once. */
function documents(file: ConfiguredFile | undefined): readonly Document[] {
  if (file === undefined) return [];
  const known = parsed.get(file.text) ?? documentsIn(file.text);
  parsed.set(file.text, known);
  return known;
}

function documentsIn(text: string): Document[] {
  // Loaded where there is something to read: a policy pack starts without it.
  const { parseAllDocuments } = require("yaml") as typeof import("yaml");
  return parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
    return typeof value === "object" && value !== null ? [value as Document] : [];
  });
}

/** kubeadm v1beta4 lists flags as names and values. */
function flagsOf(component: unknown): Record<string, string> {
  const { extraArgs } = (component ?? {}) as { extraArgs?: { name: string; value: string }[] };
  return Object.fromEntries((extraArgs ?? []).map(({ name, value }) => [name, String(value)]));
}
