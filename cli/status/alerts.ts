import { MONITORING_PORTS } from "../../site/render/monitoring/jobs";
import type { Need } from "./model";
import type { AlertSeen, SiteSeen } from "./seen";

/** Has a control plane say which alerts fire; nothing where nothing watches, or it does not answer. */
export const ALERTS_QUESTION = `say alerts "$(curl --silent --fail --max-time 1 --noproxy '*' http://127.0.0.1:${MONITORING_PORTS.rules}/api/v1/alerts | tr -d '\\n\\t')"\n`;

interface Answer {
  data: { alerts: { state: string; labels: Record<string, string>; annotations: Record<string, string> }[] };
}

/** Those of vmalert's answer that fire; none if it is no answer. */
export function alertsIn(text: string): AlertSeen[] | undefined {
  try {
    const { data } = JSON.parse(text) as Answer;
    return data.alerts
      .filter(({ state }) => state === "firing")
      .map(({ labels, annotations }) => ({
        name: labels.alertname ?? "",
        isCritical: labels.severity === "critical",
        summary: annotations.summary ?? "",
        chapter: annotations.runbook ?? "",
      }));
  } catch {
    return undefined;
  }
}

/** Alerts that ask for somebody now. */
export function alertNeeds(seen: SiteSeen): Need[] {
  return firing(seen)
    .filter(({ isCritical }) => isCritical)
    .map(({ name, summary, chapter }) => ({
      what: `alert ${name}: ${summary}`,
      run: `the site's runbook, "${chapter}"`,
    }));
}

/** Alerts that can wait for a day, and that nobody tells of any. */
export function alertNotes(seen: SiteSeen): string[] {
  const notes = firing(seen).flatMap(({ name, summary, isCritical }) =>
    isCritical ? [] : [`alert ${name}: ${summary}`],
  );
  if (seen.facts.monitoring === undefined || told(seen).length > 0) return notes;
  return ["no control plane tells which alerts fire"];
}

function told({ machines }: SiteSeen): AlertSeen[][] {
  return Object.values(machines).flatMap((machine) => (machine.answers && machine.alerts ? [machine.alerts] : []));
}

/** Each control plane judges for itself: what several tell is one alert. */
function firing(seen: SiteSeen): AlertSeen[] {
  const all = told(seen).flat();
  return [...new Map(all.map((alert) => [`${alert.name} ${alert.summary}`, alert])).values()];
}
