import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { existingSite } from "../support/existingSite";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

const refused = (more: object) => refusal({ ...site(threeHosts), ...more });
const network = (more: Partial<SiteInput["network"]>) => refused({ network: { ...site([]).network, ...more } });

describe("one fault is one line", () => {
  const { hypervisor } = site([]);
  test.each<[string, string[]]>([
    ["hypervisor.server", refused({ hypervisor: { ...hypervisor, server: "" } })],
    ["hypervisor.template", refused({ hypervisor: { ...hypervisor, template: "" } })],
    ["hypervisor.folder", refused({ hypervisor: { ...hypervisor, folder: "" } })],
    ["access.oidc.clientId", refused({ access: { oidc: { issuer: "https://login.example", clientId: "" } } })],
    ["hosts[0].name", refused({ hosts: [{ ...threeHosts[0], name: "" }, ...threeHosts.slice(1)] })],
    ["hosts[0].rack", refused({ hosts: [{ ...threeHosts[0], rack: "" }, ...threeHosts.slice(1)] })],
    ["contacts[0].name", refused({ contacts: [{ name: "", role: "on call" }] })],
    ["network.podCidr", network({ podCidr: "10.244.0.0/30" })],
    ["network.rtt[0].between", network({ rtt: [{ between: ["x", "x"], ms: 3 }] })],
  ])("at %s", (path, lines) => {
    expect(lines).toHaveLength(1);
    expect(lines[0]?.startsWith(`${path}: `)).toBe(true);
  });

  test("a worker of no pool does not make the pool's number wrong, too", () => {
    const servers = existingSite();
    const machines = servers.machines ?? [];
    const worker = machines.findIndex(({ role }) => role === "worker");
    const of = (pool?: string) =>
      refusal({ ...servers, machines: machines.map((m, i) => (i === worker ? { ...m, pool } : m)) });
    expect(of("nowhere")).toEqual([`machines[${worker}].pool: there is no pool nowhere; use a name from workers`]);
    expect(of()).toEqual([expect.stringMatching(/^machines\[\d+\]\.pool: a worker belongs to a pool; use /)]);
  });
});

describe("what is listed twice", () => {
  const alerts = (...list: object[]) => refused({ addons: { monitoring: { alerts: list } } });
  const webhook = { kind: "webhook", url: "https://alerts.example/hook" };
  const mail = { kind: "email", to: ["ops@shop.example"], from: "shop@shop.example", server: "mail.shop.example" };

  test("a place that alerts go to", () => {
    expect(alerts(webhook, { ...webhook })).toEqual([
      "addons.monitoring.alerts[1].url: it is addons.monitoring.alerts[0].url, too, and would be told everything twice; list it once",
    ]);
    expect(alerts({ ...mail, to: ["a@b.example", "A@B.example"] })).toEqual([
      "addons.monitoring.alerts[0].to[1]: it is addons.monitoring.alerts[0].to[0], too, and would be told everything twice; list it once",
    ]);
    expect(alerts(mail, { ...mail })).toHaveLength(mail.to.length);
  });

  test("but two paths of one host, or one person by two servers, are two", () => {
    expect(alerts(webhook, { ...webhook, url: `${webhook.url}/other` })).toEqual([]);
    expect(alerts(mail, { ...mail, server: "mail-2.example" })).toEqual([]);
  });

  test("a host that sees shared storage", () => {
    const san = { id: "naa.1", kind: "san", datastores: ["san-1"], hosts: ["esx-1", "esx-2", "esx-1"] };
    expect(refused({ sharedStorage: [san] })).toEqual([
      "sharedStorage[0].hosts[2]: esx-1 is already listed at sharedStorage[0].hosts[0]; list it once",
    ]);
  });

  test("a folder of backups by two names", () => {
    const backup = (...paths: string[]) =>
      refused({
        backup: {
          recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
          targets: paths.map((path) => ({
            ...{ kind: "sftp", host: "vault.example", user: "u", path },
            hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC6XF6tLLVZvpG7c8b5UV0Pi1i6x3MJ3PcGmwgbbCML6",
          })),
        },
      });
    for (const other of ["a", "a/", "./a", "a/.", "b/../a"])
      expect(backup("a", other)).toEqual([
        expect.stringMatching(/^backup\.targets\[1\]: it is the same as .+; list each once$/),
      ]);
    expect(backup("a", "a/b", "/a", ".")).toEqual([]);
  });
});

describe("a registry that containerd takes for a path of docker.io", () => {
  const from = (imageRepository: string) =>
    refused({ kubernetes: { version: site([]).kubernetes.version, imageRepository } });

  test.each(["registry", "mirror/kubernetes"])("%s", (name) => {
    expect(from(name)).toEqual([
      expect.stringMatching(
        /^kubernetes\.imageRepository: containerd takes \w+ for a path of docker\.io, not for a registry; /,
      ),
    ]);
  });

  test.each([
    "registry.example",
    "registry:5000",
    "registry:5000/kubernetes",
    "localhost",
    "localhost/kubernetes",
    "10.9.9.9/k8s",
  ])("%s is one", (name) => {
    expect(from(name)).toEqual([]);
  });
});

describe("claims that name nobody", () => {
  const of = (more: object) =>
    refused({ access: { oidc: { issuer: "https://login.example", clientId: "a", ...more } } });

  test.each(["iss", "aud", "exp", "jti", "nonce", "azp"])("%s is the token's own", (claim) => {
    const line = (key: string) => [
      expect.stringMatching(`^access\\.oidc\\.${key}: "${claim}" is not valid; use a claim that tells of the person`),
    ];
    expect(of({ usernameClaim: claim })).toEqual(line("usernameClaim"));
    expect(of({ groupsClaim: claim })).toEqual(line("groupsClaim"));
  });

  test("one for both, as a name is no list", () => {
    expect(of({ usernameClaim: "groups" })).toEqual([
      "access.oidc.groupsClaim: groups is the claim that names a person, and cannot list their groups, too; name two claims, as sub and groups",
    ]);
    expect(of({ scopes: ["groups", "email", "groups"] })).toEqual([
      "access.oidc.scopes[2]: groups is already listed at access.oidc.scopes[0]; list it once",
    ]);
  });

  test.each(["sub", "email", "preferred_username", "https://store.example/user"])(
    "%s names a person",
    (usernameClaim) => {
      expect(of({ usernameClaim, groupsClaim: "cognito:groups", scopes: ["openid", "groups"] })).toEqual([]);
    },
  );
});
