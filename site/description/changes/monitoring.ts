import { free, type Meanings } from "./meaning";

const ROUTED = "What watches the site starts again on one control plane after another; alerts go there from then on.";

export const monitoringMeanings: Meanings = {
  "addons.monitoring": free(
    "What watches the site starts or ends on one control plane after another, and load balancers are reloaded; left out, metrics that were kept stay on the control planes' disks.",
  ),
  "addons.monitoring.retentionDays": free(
    "What watches the site starts again on one control plane after another; metrics that are older go.",
  ),
  ...Object.fromEntries(
    ["", ".kind", ".url", ".ca", ".to[]", ".from", ".server", ".port", ".requireTls"].map((key) => [
      `addons.monitoring.alerts[]${key}`,
      free(ROUTED),
    ]),
  ),
};
