import { free, type Meanings } from "./meaning";

const ROUTED = "What watches the site starts again on one control plane after another; alerts go there from then on.";

const LOGS =
  "What sends logs starts or ends on one machine after another, what keeps them on one control plane after another; left out, logs that were kept stay on the control planes' disks.";
const SENT_LOGS =
  "What sends logs starts again on one machine after another; what waits for the receiver goes to the new one.";
const SENT_METRICS =
  "What watches the site starts again on one control plane after another; metrics that wait go to the new receiver.";

export const monitoringMeanings: Meanings = {
  "addons.monitoring": free(
    "What watches the site starts or ends on one control plane after another, and load balancers are reloaded; left out, metrics that were kept stay on the control planes' disks.",
  ),
  "addons.monitoring.retentionDays": free(
    "What watches the site starts again on one control plane after another; metrics that are older go.",
  ),
  "addons.monitoring.logs": free(LOGS),
  "addons.monitoring.logs.retentionDays": free(
    "What watches the site starts again on one control plane after another; logs that are older go.",
  ),
  "addons.monitoring.logs.maximumGiB": free(
    "What watches the site starts again on one control plane after another; the oldest logs go where there are more.",
  ),
  ...Object.fromEntries(
    ["", ".server", ".port", ".name", ".ca"].map((key) => [`addons.monitoring.logs.sendTo${key}`, free(SENT_LOGS)]),
  ),
  ...Object.fromEntries(
    ["", ".url", ".ca", ".user"].map((key) => [`addons.monitoring.remoteWrite${key}`, free(SENT_METRICS)]),
  ),
  ...Object.fromEntries(
    ["", ".kind", ".url", ".ca", ".to[]", ".from", ".server", ".port", ".requireTls"].map((key) => [
      `addons.monitoring.alerts[]${key}`,
      free(ROUTED),
    ]),
  ),
};
