import { hasGatewayApi } from "../description/gatewayApi";
import { generationName, generationsOf, type Rotated } from "../description/rotation";
import type { Store } from "../description/stores";
import { aloneMonths, MONTH_HOURS } from "../description/succession";
import type { SitePlan } from "../plan/model";

/**
 * The certificate authorities of a cluster, one more for a network add-on's store: who may read that one may not read
 * the cluster's state; and one for what the cluster serves, whom clients outside know. No machine gets their private keys: they are in the encrypted state and in encrypted backups.
 */
export type AuthorityId = "cluster" | "etcd" | "front-proxy" | "network-store" | "services";

export interface Authority {
  id: AuthorityId;
  commonName: string;
  validityHours: number;
  earlyRenewalHours: number;
}

/** One generation of an authority; there are two while it is rotated (S3). */
export interface AuthorityPlan extends Authority {
  /** Stable and unique in the site: `cluster-ca`, `cluster-ca-2`. */
  name: string;
  /** Does it sign? All are trusted. */
  signs: boolean;
}

const YEAR = 8760;

/**
 * Ten years; renewed with the same key two years before the end, or as long as the site is to live alone, so that what it signed stays valid
 * (S2).
 */
const AUTHORITY_LIFE = { validityHours: 10 * YEAR, earlyRenewalHours: 2 * YEAR };

/** The authorities, under the names kubeadm gives them (S1). */
export const authorities: readonly Authority[] = [
  { id: "cluster", commonName: "kubernetes-ca", ...AUTHORITY_LIFE },
  { id: "etcd", commonName: "etcd-ca", ...AUTHORITY_LIFE },
  { id: "front-proxy", commonName: "front-proxy-ca", ...AUTHORITY_LIFE },
];

/**
 * The authorities of a site: those above, one for a network add-on's store where there is one (L9), and one for what it serves where
 * that is described. Of one that is rotated both generations, the one that signs first.
 */
export function authoritiesOf(plan: SitePlan): readonly AuthorityPlan[] {
  const all: readonly Authority[] = [
    ...authorities,
    ...(plan.networkStore ? [{ id: "network-store", commonName: "network-store-ca", ...AUTHORITY_LIFE } as const] : []),
    // Clients outside may know those of several sites.
    ...(hasGatewayApi(plan.spec)
      ? [{ id: "services", commonName: servicesAuthorityName(plan), ...AUTHORITY_LIFE } as const]
      : []),
  ];
  return all.flatMap((authority) => {
    const rotated = rotationOf[authority.id];
    const { signing, trusted } = rotated ? generationsOf(plan.spec.pki.rotation[rotated]) : ONE_GENERATION;
    return trusted.map((generation) => ({
      ...authority,
      earlyRenewalHours: Math.max(authority.earlyRenewalHours, aloneMonths(plan.spec.pki) * MONTH_HOURS),
      commonName: generationName(authority.commonName, generation),
      name: generationName(`${authority.id}-ca`, generation),
      signs: generation === signing,
    }));
  });
}

/** What the authority is called that clients of a site's services know. */
export function servicesAuthorityName({ site }: Pick<SitePlan, "site">): string {
  return `${site}-services-ca`;
}

const ONE_GENERATION = { signing: 1, trusted: [1] };

/** What each is rotated by. That for services is not: its clients are not the site's to tell. */
const rotationOf: Partial<Record<AuthorityId, Rotated>> = {
  cluster: "cluster",
  etcd: "etcd",
  "front-proxy": "frontProxy",
  "network-store": "networkStore",
};

/** API servers trust one authority for the cluster's store and that of events: `--etcd-cafile` is one for both. */
export function storeAuthority(store: Store): AuthorityId {
  return store === "network-store" ? "network-store" : "etcd";
}
