import type { Artifact } from "../build/artifact";
import { alertmanager } from "../programs/alertmanager";
import { victoriaLogs, victoriaMetrics, vmagent } from "../programs/upstream";
import { optionalImages } from "./optional-images";

/** The images of what watches a site. */
export function monitoringImages(): Artifact {
  const { version } = victoriaMetrics;
  return optionalImages({ name: "monitoring-images", version, title: "the container images of monitoring" }, [
    {
      name: `docker.io/victoriametrics/victoria-metrics:v${version}`,
      artifact: victoriaMetrics,
      program: "victoria-metrics",
      path: "victoria-metrics-prod",
    },
    {
      name: `docker.io/victoriametrics/vmalert:v${version}`,
      artifact: victoriaMetrics,
      program: "vmalert",
      path: "vmalert-prod",
    },
    {
      name: `docker.io/victoriametrics/vmagent:v${vmagent.version}`,
      artifact: vmagent,
      program: "vmagent",
      path: "vmagent-prod",
    },
    {
      name: `docker.io/victoriametrics/victoria-logs:v${victoriaLogs.version}`,
      artifact: victoriaLogs,
      program: "victoria-logs",
      path: "victoria-logs-prod",
    },
    {
      name: `docker.io/prom/alertmanager:v${alertmanager.version}`,
      artifact: alertmanager,
      program: "alertmanager",
      path: "bin/alertmanager",
    },
  ]);
}
