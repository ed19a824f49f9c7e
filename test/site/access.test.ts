import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { planSite } from "../../site/plan/plan";
import { auditPolicy } from "../../site/render/audit";
import { authenticationConfiguration } from "../../site/render/authentication";
import { oidcKubeconfig } from "../../site/render/kubeconfig";
import { site, threeHosts } from "../support/sites";

const oidc = { issuer: "https://login.example/realms/it", clientId: "shop" };

function problemsOf(more: object): string[] {
  const read = readSite({ ...site(threeHosts), ...more });
  return "problems" in read ? read.problems.map(formatProblem) : [];
}

const of = (more: object) => problemsOf({ access: { oidc: { ...oidc, ...more } } });

describe("people's access (S11, W5)", () => {
  it("is left out unless it is described, and nothing on a machine differs", () => {
    const spec = parseSite(site(threeHosts));
    expect(spec).not.toHaveProperty("access");
    const plan = planSite(spec);
    expect(parse(authenticationConfiguration(plan))).not.toHaveProperty("jwt");
    expect(parse(auditPolicy(plan)).rules[0]).toMatchObject({ level: "None" });
    expect(oidcKubeconfig(plan)).toBeUndefined();
  });

  it("puts a prefix before every name and group", () => {
    const plan = planSite(parseSite(site(threeHosts, { access: { oidc } })));
    expect(parse(authenticationConfiguration(plan)).jwt).toEqual([
      {
        issuer: { url: oidc.issuer, audiences: ["shop"] },
        claimMappings: {
          username: { claim: "sub", prefix: "oidc:" },
          groups: { claim: "groups", prefix: "oidc:" },
        },
      },
    ]);
    const several = planSite(parseSite(site(threeHosts, { access: { oidc: { ...oidc, audiences: ["ci"] } } })));
    expect(parse(authenticationConfiguration(several)).jwt[0].issuer).toMatchObject({
      audiences: ["shop", "ci"],
      audienceMatchPolicy: "MatchAny",
    });
  });

  it.each<[string, string[], RegExp]>([
    ["an issuer without TLS", of({ issuer: "http://login.example" }), /^access\.oidc\.issuer: .*use an https address/],
    [
      "an issuer with a query",
      of({ issuer: "https://login.example/?a=b" }),
      /^access\.oidc\.issuer: .*without \? and #/,
    ],
    [
      "an issuer that is a service of the cluster",
      of({ issuer: "https://kubernetes.default.svc.cluster.local" }),
      /^access\.oidc\.issuer: .* is a service of the cluster/,
    ],
    [
      "an issuer on a pod's address",
      of({ issuer: "https://10.244.1.5" }),
      /^access\.oidc\.issuer: 10\.244\.1\.5 is inside/,
    ],
    [
      "an issuer at a machine's",
      of({ issuer: "https://10.0.42.17" }),
      /^access\.oidc\.issuer: .*a machine would get it/,
    ],
    ["an authority that is none", of({ ca: "-----BEGIN CERTIFICATE-----\nabc" }), /^access\.oidc\.ca: .*in PEM/],
    ["no prefix", of({ prefix: "" }), /^access\.oidc\.prefix: .*a word and a colon/],
    ["the cluster's own prefix", of({ prefix: "system:" }), /^access\.oidc\.prefix: .*not system:/],
    ["an audience twice", of({ audiences: ["shop"] }), /^access\.oidc\.audiences\[0\]: shop is the clientId already/],
    ["no issuer", problemsOf({ access: { operators: ["a"] } }), /^access\.oidc: it is missing/],
    [
      "a group twice",
      problemsOf({ access: { oidc, viewers: ["a", "b", "a"] } }),
      /^access\.viewers\[2\]: a is already listed at access\.viewers\[0\]; list it once$/,
    ],
    [
      "groups where nobody signs in",
      problemsOf({ namespaces: [{ name: "tills", groups: { edit: ["a"] } }] }),
      /^namespaces\[0\]\.groups\.edit: nobody can be in a group: people cannot sign in; describe access\.oidc, or remove them$/,
    ],
  ])("refuses, with place and fix: %s", (_, problems, said) => {
    expect(problems).toEqual([expect.stringMatching(said)]);
  });
});
