import type { SitePlan } from "../plan/model";
import { yaml } from "./yaml";

/**
 * Nobody is anonymous (S6), but for the health checks of kubelets and load balancers, which have no identity. People sign in at the issuer of
 * the description (S11); while it does not answer, who is signed in stays so as long as the token lasts, and everything else goes on.
 */
export function authenticationConfiguration({ spec }: SitePlan): string {
  const oidc = spec.access?.oidc;
  return yaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    ...(oidc && { jwt: [jwt(oidc)] }),
    anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
  });
}

function jwt({ issuer, clientId, audiences, ca, usernameClaim, groupsClaim, prefix }: Oidc) {
  return {
    issuer: {
      url: issuer,
      ...(ca !== undefined && { certificateAuthority: ca }),
      audiences: [clientId, ...audiences],
      ...(audiences.length > 0 && { audienceMatchPolicy: "MatchAny" }),
    },
    claimMappings: {
      username: { claim: usernameClaim, prefix },
      groups: { claim: groupsClaim, prefix },
    },
  };
}

type Oidc = NonNullable<SitePlan["spec"]["access"]>["oidc"];
