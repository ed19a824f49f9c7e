import type { Monitoring } from "../../description/spec";
import type { SitePlan } from "../../plan/model";
import { yaml } from "../yaml";

type Route = Monitoring["alerts"][number];

/** What is told by one alert is not told again by those that follow from it. */
const FOLLOWS = [
  { source_matchers: ['alertname="HostSilent"'], target_matchers: ['alertname!="HostSilent"'], equal: ["host"] },
  {
    source_matchers: ['alertname="MachineSilent"'],
    target_matchers: ['alertname!="MachineSilent"'],
    equal: ["machine"],
  },
  {
    source_matchers: ['alertname=~"HostSilent|MachineSilent|KubeletSilent"'],
    target_matchers: ['alertname="NodesNotReady"'],
  },
];

/** Every alert to every route of the description, those of one kind together; again after four hours as long as it is so. */
export function alertmanagerConfiguration(plan: SitePlan, { alerts }: Monitoring): string {
  return yaml({
    route: {
      receiver: "everybody",
      group_by: ["alertname"],
      group_wait: "15s",
      group_interval: "2m",
      repeat_interval: "4h",
    },
    inhibit_rules: FOLLOWS,
    receivers: [
      {
        name: "everybody",
        ...told("webhook_configs", alerts.filter((route) => route.kind === "webhook").map(webhook)),
        ...told(
          "email_configs",
          alerts.filter((route) => route.kind === "email").map((route) => email(plan, route)),
        ),
      },
    ],
  });
}

function told(key: string, routes: object[]): object {
  return routes.length > 0 ? { [key]: routes } : {};
}

function webhook({ url, ca }: Extract<Route, { kind: "webhook" }>): object {
  const tls = ca === undefined ? {} : { tls_config: { ca } };
  return { url, send_resolved: true, http_config: { follow_redirects: false, ...tls } };
}

function email(plan: SitePlan, { to, from, server, port, requireTls }: Extract<Route, { kind: "email" }>): object {
  return {
    to: to.join(", "),
    from,
    smarthost: `${server}:${port}`,
    require_tls: requireTls,
    send_resolved: true,
    headers: { Subject: `[${plan.site}] {{ .Status }}: {{ .GroupLabels.alertname }} ({{ .Alerts | len }})` },
  };
}

/** How Alertmanagers of two control planes speak to each other, so that each alert is sent once. */
export function meshTls(folder: string): string {
  const own = { cert_file: `${folder}/client.crt`, key_file: `${folder}/client.key` };
  return yaml({
    tls_server_config: { ...own, client_ca_file: `${folder}/ca.crt`, client_auth_type: "RequireAndVerifyClientCert" },
    tls_client_config: { ...own, ca_file: `${folder}/ca.crt` },
  });
}
