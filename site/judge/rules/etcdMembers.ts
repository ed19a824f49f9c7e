import { rule, stores } from "./rule";

const source = "L1 [B]";

export const etcdHasOddMembers = rule({
  id: "etcd-odd-members",
  subject: "etcd",
  scope: "site",
  withoutSite: "with etcd",
  sentence: "etcd has an odd number of members",
  severity: "mandatory",
  source,
  fix: "use 3, 5 or 7 members",
  check: (facts) =>
    stores(facts)
      .filter(({ members }) => members.length % 2 === 0 && members.length > 0)
      .map(({ path, members: { length } }) => ({
        path,
        message: `${length} survives no more than ${length - 1} does`,
        fix: length === 2 ? "use 3" : `use ${length - 1} or ${length + 1}`,
      })),
});

export const etcdHasThreeMembers = rule({
  id: "etcd-three-members",
  subject: "etcd",
  scope: "site",
  withoutSite: "with etcd",
  sentence: "etcd has at least three members, even on one host",
  severity: "mandatory",
  source,
  fix: "use 3",
  check: (facts) =>
    stores(facts)
      .filter(({ members }) => members.length < 2)
      .map(({ path, members }) => ({
        path,
        message: members.length === 0 ? "there is none" : "1 survives no failure, and no maintenance either",
      })),
});

export const etcdHasAtMostSevenMembers = rule({
  id: "etcd-seven-members-at-most",
  subject: "etcd",
  scope: "site",
  withoutSite: "with etcd",
  sentence: "etcd has at most seven members, unless the site is said to be a very large one",
  severity: "mandatory",
  source,
  fix: "use 7 or fewer, or set etcd.veryLargeSite",
  check: (facts) =>
    facts.accepted.veryLargeSite
      ? []
      : stores(facts)
          .filter(({ members }) => members.length > 7)
          .map(({ path, members }) => ({ path, message: `${members.length} members slow every write down` })),
});
