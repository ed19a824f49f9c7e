import type { MachinePlan, SitePlan } from "../../plan/model";
import type { FileSpec } from "../file";
import { file, secret } from "../file";
import { haproxyConfiguration } from "../haproxy";
import { KEEPALIVED_CHECK, keepalivedConfiguration } from "../keepalived";
import { shell } from "../shell";

/** A load balancer: it knows the cluster's authority, and no key at all. */
export function loadBalancerFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  return [
    file("/etc/haproxy/haproxy.cfg", haproxyConfiguration(plan), ["haproxy"]),
    file("/etc/haproxy/kubernetes-ca.crt", secret("authority/cluster"), ["haproxy"]),
    file("/etc/keepalived/keepalived.conf", keepalivedConfiguration(plan, machine), ["keepalived"]),
    file(KEEPALIVED_CHECK, shell("check-haproxy"), ["keepalived"], { mode: 0o755 }),
  ];
}
