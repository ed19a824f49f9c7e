import { z } from "zod";
import { httpsUrl } from "./addresses";
import { isCertificate } from "./keys";

/** A name or claim on one line, without blanks at its ends. */
const word = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?$/u, "use text on one line, without blanks at its ends");

/** A group, as the issuer calls it. */
export const groupName = word.describe("A group, as the issuer calls it.");

/** Claims that say something of the token itself: everybody has the same, or another one each time (RFC 7519, OpenID Connect Core). */
const OF_THE_TOKEN = /^(?:iss|aud|exp|nbf|iat|jti|azp|nonce|auth_time|at_hash|c_hash|acr|amr|sid)$/;

const claim = z
  .string()
  .regex(/^[A-Za-z_][-A-Za-z0-9_.:/]{0,127}$/, { error: "use a claim's name, for example email", abort: true })
  .refine(
    (name) => !OF_THE_TOKEN.test(name),
    "use a claim that tells of the person, not of the token: sub, email, groups",
  );

const oidcSchema = z.strictObject({
  issuer: httpsUrl
    .refine((text) => !/[?#]/.test(text), "use an https address without ? and #")
    .describe("The issuer's address, letter for letter as its tokens have it in `iss`."),
  clientId: word.describe("The client that people sign in as: tokens must be for it."),
  audiences: z
    .array(word.describe("An audience."))
    .max(20)
    .default([])
    .describe("Further audiences whose tokens are accepted, for programs that have a client of their own."),
  ca: z
    .string()
    .max(20_000)
    .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
    .optional()
    .describe("The authority of the issuer's certificate, in PEM. Left out: one that the machines know."),
  usernameClaim: claim.default("sub").describe("The claim that names a person: one that nobody can choose or change."),
  groupsClaim: claim.default("groups").describe("The claim that lists a person's groups."),
  prefix: z
    .string()
    .regex(/^(?!system:)[A-Za-z][-A-Za-z0-9_.]{0,30}[:/#]$/, "use a word and a colon, for example oidc: (not system:)")
    .default("oidc:")
    .describe("What Kubernetes puts before every name and group, so that none is taken for one of the cluster's own."),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/, "use a scope's name, without blanks"))
    .max(20)
    .default(["groups"])
    .describe("What people's kubectl asks the issuer for beside openid, so that tokens have the claims."),
});

const groups = z.array(groupName).max(100).default([]);

/** How people sign in, and what groups of them may do in the whole cluster. */
export const accessSchema = z.strictObject({
  oidc: oidcSchema.describe("The issuer that people sign in at."),
  operators: groups.describe("Groups that see everything but secrets, cordon and drain nodes and restart pods."),
  viewers: groups.describe("Groups that see everything but secrets."),
});

/** Kubernetes' own roles of a namespace, the mightiest first. */
export const GROUP_ROLES = ["admin", "edit", "view"] as const;

/** Groups of a namespace, by Kubernetes' own roles. */
export const namespaceGroupsSchema = z.strictObject({
  admin: groups.describe("Groups that do everything in it but change its limits; they may let others in."),
  edit: groups.describe("Groups that run workloads in it, and read its secrets."),
  view: groups.describe("Groups that see everything in it but secrets."),
});
