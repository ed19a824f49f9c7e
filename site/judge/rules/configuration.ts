import coerce from "semver/functions/coerce";
import { listed } from "../../description/listed";
import { versionOf } from "../../description/version";
import { OLDEST_MINOR } from "../../description/versions";
import { type Facts, objectsOf } from "../../facts/model";
import type { ConfigurationFact } from "../../facts/objects";
import { type Breach, parameterised, rule } from "./rule";

type Api = Readonly<Record<string, string>>;

/** Asks the API servers' flags and files. */
function ofApiServers(
  facts: Facts,
  say: (api: Api, files: ConfigurationFact["files"]) => string | undefined,
): Breach[] {
  return objectsOf(facts, "configurations").flatMap(({ path, apiServer, files }) => {
    const said = apiServer ? say(apiServer, files) : undefined;
    return said === undefined ? [] : [{ path, message: said }];
  });
}

const flag = (api: Api, name: string) => (api[name] ?? "").split(",").filter((value) => value !== "");

export const secretsAreEncrypted = rule({
  id: "api-encryption",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "Secrets are encrypted before they are written to etcd",
  severity: "mandatory",
  source: "S6 [B, K, A]",
  fix: "give the API server an encryption-provider-config whose first provider encrypts",
  about: "configurations",
  check: (facts) =>
    ofApiServers(facts, (api, files) => {
      if (api["encryption-provider-config"] === undefined) return "the API server writes Secrets as they are";
      const rules = listIn(files["encryption.yaml"], "resources");
      const ofSecrets = rules.find((rule) => listIn(rule, "resources").some((r) => r === "secrets" || r === "*.*"));
      if (ofSecrets === undefined) return "the encryption configuration leaves Secrets out";
      const [first] = listIn(ofSecrets, "providers");
      return first === undefined || field(first, "identity") !== undefined
        ? "the first provider of the encryption configuration does not encrypt"
        : undefined;
    }),
});

export const requestsAreLogged = rule({
  id: "api-audit",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "the API server keeps an audit log",
  severity: "mandatory",
  source: "S6, S9 [B, K, A]",
  fix: "set audit-policy-file and audit-log-path",
  about: "configurations",
  check: (facts) =>
    ofApiServers(facts, (api) => {
      const missing = ["audit-policy-file", "audit-log-path"].filter((name) => api[name] === undefined);
      return missing.length > 0 ? `the API server runs without ${listed(missing)}` : undefined;
    }),
});

export const nobodyIsAnonymous = parameterised<{ paths: string[] }>()({
  id: "api-anonymous",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "who does not say who they are reaches the health checks of the API server and nothing else",
  severity: "mandatory",
  source: "S6, S9 [B, K, A]",
  fix: "set anonymous-auth=false, or limit it in the authentication-config",
  parameters: {
    paths: {
      type: "array",
      items: { type: "string" },
      default: ["/livez", "/readyz", "/healthz"],
      description: "What may be asked anonymously",
    },
  },
  about: "configurations",
  check: (facts, { paths }) =>
    ofApiServers(facts, (api, files) => {
      if (api["anonymous-auth"] === "false") return undefined;
      const anonymous = field(files["authentication.yaml"], "anonymous");
      if (api["authentication-config"] === undefined || anonymous === undefined)
        return "the API server takes anonymous requests";
      if (field(anonymous, "enabled") === false) return undefined;
      const open = listIn(anonymous, "conditions").map((condition) => String(field(condition, "path")));
      if (open.length === 0) return "the API server takes anonymous requests to every path";
      const others = open.filter((path) => !paths.includes(path));
      return others.length > 0 ? `the API server takes anonymous requests to ${listed(others)}` : undefined;
    }),
});

export const admissionIsControlled = rule({
  id: "api-admission",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence:
    "admission knows NodeRestriction, the limit of events that is configured and a Pod Security level that is the default",
  severity: "mandatory",
  source: "S6 [B, K, A]",
  fix: "enable NodeRestriction and EventRateLimit and set PodSecurity's defaults.enforce to baseline or restricted",
  about: "configurations",
  check: (facts) =>
    ofApiServers(facts, (api, files) => {
      const plugins = listIn(files["admission.yaml"], "plugins");
      // An owner may leave events be (event-storm tells): then nothing configures the plugin.
      const isLimited = plugins.some((plugin) => field(plugin, "name") === "EventRateLimit");
      const missing = ["NodeRestriction", ...(isLimited ? ["EventRateLimit"] : [])].filter(
        (plugin) => !flag(api, "enable-admission-plugins").includes(plugin),
      );
      if (missing.length > 0) return `the API server runs without ${listed(missing)}`;
      if (flag(api, "disable-admission-plugins").includes("PodSecurity"))
        return "Pod Security admission is switched off";
      const security = plugins.find((plugin) => field(plugin, "name") === "PodSecurity");
      const level = field(field(field(security, "configuration"), "defaults"), "enforce");
      return level === "baseline" || level === "restricted"
        ? undefined
        : `Pod Security lets every pod in: its default is ${level === undefined ? "privileged" : String(level)}`;
    }),
});

export const accessIsAuthorized = rule({
  id: "api-authorization",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "the API server asks RBAC, and for nodes the Node authorizer",
  severity: "mandatory",
  source: "S6, S9 [B, K, A]",
  fix: "leave authorization-mode at Node,RBAC",
  about: "configurations",
  check: (facts) =>
    ofApiServers(facts, (api) => {
      const modes = flag(api, "authorization-mode");
      if (modes.length === 0) return undefined; // kubeadm's own default: Node,RBAC
      if (modes.includes("AlwaysAllow")) return "the API server allows everything";
      const missing = ["Node", "RBAC"].filter((mode) => !modes.includes(mode));
      return missing.length > 0 ? `the API server does not ask ${listed(missing)}` : undefined;
    }),
});

export const apiSpeaksModernTls = rule({
  id: "api-tls",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "the API server speaks TLS 1.2 or later",
  severity: "mandatory",
  source: "S5 [B, P]",
  fix: "set tls-min-version to VersionTLS12 or VersionTLS13",
  about: "configurations",
  check: (facts) =>
    ofApiServers(facts, (api) => {
      const version = api["tls-min-version"];
      return version === undefined || version === "VersionTLS12" || version === "VersionTLS13"
        ? undefined
        : `the API server accepts ${version}`;
    }),
});

export const versionIsSupported = parameterised<{ oldest: string }>()({
  id: "kubernetes-version",
  subject: "Kubernetes' configuration",
  scope: "object",
  sentence: "the version of Kubernetes still gets security fixes",
  severity: "mandatory",
  source: "O4 [B, K]",
  fix: "raise kubernetes.version",
  parameters: {
    oldest: { type: "string", default: OLDEST_MINOR, description: "The oldest minor version that passes" },
  },
  about: "configurations",
  check: (facts, { oldest }) =>
    objectsOf(facts, "configurations").flatMap(({ path, version }) =>
      version && older(version, oldest)
        ? [{ path, message: `Kubernetes ${version} is older than ${oldest}, the oldest that is supported` }]
        : [],
    ),
});

/** What is no version is not judged. */
function older(version: string, oldest: string): boolean {
  const is = coerce(version);
  return is !== null && is.compare(versionOf(oldest)) < 0;
}

/** A part of a parsed file. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function listIn(value: unknown, name: string): unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}
