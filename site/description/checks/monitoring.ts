import { isIPv4 } from "node:net";
import type { Problem } from "../problem";
import type { Monitoring, SiteSpec } from "../spec";

type Route = Monitoring["alerts"][number];

/** Where alerts go: each place and each person listed once, or everything is told twice; and a receiver of logs that can be known. */
export function consistentMonitoring({ addons: { monitoring } }: SiteSpec): Problem[] {
  const told = (monitoring?.alerts ?? []).flatMap((route, i) => receivers(route, `addons.monitoring.alerts[${i}]`));
  const twice = told.flatMap(({ path, text }, i) => {
    const earlier = told.slice(0, i).find((other) => other.text === text);
    return earlier
      ? [{ path, fact: `it is ${earlier.path}, too, and would be told everything twice`, fix: "list it once" }]
      : [];
  });
  return [...twice, ...namedServer(monitoring?.logs?.sendTo)];
}

/** rsyslog looks for a DNS name in a certificate, never for an address. */
function namedServer(sendTo: NonNullable<Monitoring["logs"]>["sendTo"]): Problem[] {
  if (sendTo === undefined || sendTo.name !== undefined || !isIPv4(sendTo.server)) return [];
  return [
    {
      path: "addons.monitoring.logs.sendTo.name",
      fact: `the server is named by its address, ${sendTo.server}, and it is known by a DNS name in its certificate`,
      fix: "set it to that name",
    },
  ];
}

/** Who is told by a route. Mail to one address by two servers is mail that still comes when one of them is lost. */
function receivers(route: Route, path: string): { path: string; text: string }[] {
  if (route.kind === "webhook") return [{ path: `${path}.url`, text: new URL(route.url).href }];
  return route.to.map((to, i) => ({
    path: `${path}.to[${i}]`,
    text: `${route.server}:${route.port} ${to}`.toLowerCase(),
  }));
}
