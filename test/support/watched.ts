import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "./sites";

type Monitoring = NonNullable<NonNullable<SiteInput["addons"]>["monitoring"]>;

/** A site of three hosts that is watched. */
export function watchedSite(monitoring: Monitoring = {}, more: Partial<SiteInput> = {}): SitePlan {
  return planSite(parseSite(site(threeHosts, { addons: { monitoring }, ...more })));
}

/** Routes of each kind. */
export const routes: NonNullable<Monitoring["alerts"]> = [
  { kind: "webhook", url: "https://alerts.example/hook" },
  { kind: "email", to: ["ops@shop.example"], from: "shop@shop.example", server: "mail.shop.example" },
];
