import { type DomainKind, eitherOf, FAILURE_DOMAINS, NARROW_FIRST, PLACES } from "../../description/failureDomains";
import { listed } from "../../description/listed";
import type { Facts, HostFact, MachineFact } from "../../facts/model";
import { type Breach, grouped, majority, rule, stores } from "./rule";

export const noHostHoldsEtcdMajority = rule({
  id: "etcd-host-majority",
  subject: "etcd",
  scope: "site",
  withoutSite: "with etcd",
  sentence: "with three or more hosts, no host holds a majority of etcd",
  severity: "mandatory",
  source: "L6 [B]",
  fix: "spread the members so that the loss of any one host leaves a majority",
  check: (facts) =>
    facts.hosts.length < 3
      ? []
      : stores(facts)
          .filter(({ members }) => members.length > 1)
          .flatMap(({ name, members }) =>
            [...grouped(members, (m) => m.host)]
              .filter(([, on]) => on.length >= majority(members.length))
              .map(([host, on]) => ({
                path: `hosts.${host}`,
                message: `host ${host} holds ${on.length} of ${members.length} ${name} members (${listed(on.map((m) => m.name))}): its loss ends the store`,
              })),
          ),
});

export const etcdTogetherOnTwoHosts = rule({
  id: "etcd-split-over-two-hosts",
  subject: "etcd",
  scope: "site",
  sentence: "on two hosts, all etcd members are on the most reliable one: a split over two gains nothing",
  severity: "advisory",
  source: "L5 [B]",
  fix: "put all members on the most reliable host, with a device each, or add a third host",
  check: (facts) =>
    facts.hosts.length !== 2
      ? []
      : stores(facts).flatMap(({ name, path, members }): Breach[] => {
          const byHost = grouped(members, (m) => m.host);
          if (byHost.size > 1)
            return [
              {
                path,
                message: `${name} is split over two hosts: the loss of the larger part ends it, whichever host that is`,
              },
            ];
          return lessReliable(facts.hosts, [...byHost.keys()][0]).map((better) => ({
            path,
            message: `all ${name} members are on ${[...byHost.keys()][0]}, but ${better.name} is said to be more reliable`,
          }));
        }),
});

function lessReliable(hosts: readonly HostFact[], used: string | undefined): HostFact[] {
  const here = hosts.find((h) => h.name === used);
  return here ? hosts.filter((h) => (h.reliability ?? 0) > (here.reliability ?? 0)) : [];
}

export const noWiderDomainHoldsEtcdMajority = rule({
  id: "etcd-domain-majority",
  subject: "etcd",
  scope: "site",
  sentence: `no ${eitherOf(NARROW_FIRST)} holds a majority of etcd, where the site has several`,
  severity: "advisory",
  source: "L7 [B, K]",
  fix: "add hosts in a third one, or move members there",
  check: (facts) =>
    NARROW_FIRST.flatMap((level) => {
      const { plural } = FAILURE_DOMAINS[level];
      const named = new Set(facts.hosts.map((h) => h[level]).filter((d) => d !== undefined));
      if (named.size < 2) return [];
      return stores(facts).flatMap(({ name, members }) =>
        [...grouped(members, (m) => domainOf(facts, m, level))]
          .filter(([, on]) => members.length > 1 && on.length >= majority(members.length))
          .map(([domain, on]) => ({
            path: `hosts.${level}.${domain}`,
            message: `${level} ${domain} holds ${on.length} of ${members.length} ${name} members: its loss ends the store`,
            fix:
              named.size < 3
                ? `${named.size} ${plural} cannot split a majority: add hosts in a third one`
                : `spread the members over the ${plural}`,
          })),
      );
    }),
});

function domainOf(facts: Facts, machine: MachineFact, level: DomainKind): string | undefined {
  return facts.hosts.find((h) => h.name === machine.host)?.[level];
}

export const domainsAreNamedThroughout = rule({
  id: "domains-named-throughout",
  subject: "etcd",
  scope: "site",
  sentence: `a ${eitherOf(PLACES)} that is named for some hosts is named for all`,
  severity: "advisory",
  source: "L7 [B, K]",
  fix: "name it for every host, or for none",
  check: (facts) =>
    PLACES.flatMap((level) => {
      const without = facts.hosts.filter((h) => h[level] === undefined);
      return without.length > 0 && without.length < facts.hosts.length
        ? [
            {
              path: "hosts",
              message: `${without.length} of ${facts.hosts.length} hosts have no ${level} (${listed(without.slice(0, 3).map((h) => h.name))})`,
            },
          ]
        : [];
    }),
});
