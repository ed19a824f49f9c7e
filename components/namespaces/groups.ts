/** A cluster role for groups of people, as a binding has it. */
export function bound(role: string, prefix: string, groups: readonly string[]) {
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    roleRef: { apiGroup, kind: "ClusterRole", name: role },
    subjects: groups.map((group) => ({ apiGroup, kind: "Group", name: `${prefix}${group}` })),
  };
}
