import type { Problem } from "../problem";
import { GROUP_ROLES } from "../schema/access";
import type { SiteSpec } from "../spec";

/** Groups that nobody can be in, or that are listed twice, and an issuer's audiences. */
export function consistentAccess({ access, namespaces = [] }: SiteSpec): Problem[] {
  const ofNamespaces = namespaces.flatMap(({ groups }, i) =>
    GROUP_ROLES.map((role) => listed(`namespaces[${i}].groups.${role}`, groups[role])),
  );
  if (access === undefined) return ofNamespaces.flatMap(nobody);
  const { oidc, operators, viewers } = access;
  const ofLists = [
    ...listed("access.oidc.audiences", oidc.audiences),
    ...listed("access.oidc.scopes", oidc.scopes),
    ...listed("access.operators", operators),
    ...listed("access.viewers", viewers),
    ...ofNamespaces.flat(),
  ].flatMap((one, i, all) => [
    ...twice(one, all.slice(0, i)),
    ...(one.list === "access.oidc.audiences" && one.value === oidc.clientId
      ? [{ path: one.path, fact: `${one.value} is the clientId already`, fix: "remove it" }]
      : []),
  ]);
  return [...ofLists, ...sameClaim(oidc)];
}

/** A name is one word and groups are a list: Kubernetes lets nobody in whose token has the other of them there. */
function sameClaim({ usernameClaim, groupsClaim }: { usernameClaim: string; groupsClaim: string }): Problem[] {
  return usernameClaim === groupsClaim
    ? [
        {
          path: "access.oidc.groupsClaim",
          fact: `${groupsClaim} is the claim that names a person, and cannot list their groups, too`,
          fix: "name two claims, as sub and groups",
        },
      ]
    : [];
}

interface Listed {
  list: string;
  path: string;
  value: string;
}

function listed(list: string, values: readonly string[]): Listed[] {
  return values.map((value, i) => ({ list, path: `${list}[${i}]`, value }));
}

function nobody([first]: Listed[]): Problem[] {
  return first === undefined
    ? []
    : [
        {
          path: first.list,
          fact: "nobody can be in a group: people cannot sign in",
          fix: "describe access.oidc, or remove them",
        },
      ];
}

function twice({ list, path, value }: Listed, before: readonly Listed[]): Problem[] {
  const earlier = before.find((one) => one.list === list && one.value === value);
  return earlier ? [{ path, fact: `${value} is already listed at ${earlier.path}`, fix: "list it once" }] : [];
}
