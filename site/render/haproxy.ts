import { kmsOf, READY_WITHOUT_KMS } from "../description/kms";
import { REGISTRY_PORT } from "../description/registry";
import { REGISTRY_NAME } from "../pki/certificates";
import type { SitePlan } from "../plan/model";
import { registryAt, registryMachines } from "../plan/registry";
import { machinesOf } from "../plan/roles";
import { HAPROXY_METRICS_PORT } from "./monitoring/jobs";

const WITHOUT_KMS = "control-planes-without-kms";

/**
 * The API's load balancer (L12): TCP to every control plane. A control plane is in when its /readyz says so, over TLS that
 * is verified with the cluster's authority; a client of one that goes out is cut off at once, so that it tries another.
 * One whose KMS plugin is away gets nothing as long as another has its own; when none has, all of them do, as they serve all but secrets.
 * Idle connections may last an hour: watches ping every 30 seconds, an idle `kubectl exec` does not.
 * The statistics socket is for the machine itself.
 */
export function haproxyConfiguration(plan: SitePlan): string {
  const hasKms = kmsOf(plan.spec) !== undefined;
  return `global
    log stdout format raw local0 notice
    fd-hard-limit 50000
    user haproxy
    group haproxy
    stats socket /run/haproxy/admin.sock mode 600 level admin
    ssl-default-server-options ssl-min-ver TLSv1.2

defaults
    mode tcp
    log global
    option dontlognull
    option clitcpka
    option srvtcpka
    option redispatch
    retries 2
    timeout connect 4s
    timeout client 1h
    timeout server 1h
    timeout check 2s

frontend kubernetes-api
    bind :${plan.endpoint.port}
${hasKms ? `    use_backend ${WITHOUT_KMS} if { nbsrv(control-planes) eq 0 }\n` : ""}    default_backend control-planes

${controlPlanes(plan, "control-planes", "/readyz")}${hasKms ? `\n${controlPlanes(plan, WITHOUT_KMS, READY_WITHOUT_KMS)}` : ""}${plan.spec.addons.monitoring ? metrics(plan) : ""}${registry(plan)}`;
}

function controlPlanes(plan: SitePlan, name: string, ready: string): string {
  const servers = machinesOf(plan, "control-plane").map((m) => `    server ${m.name} ${m.address}:6443`);
  return `backend ${name}
    balance leastconn
    option httpchk
    http-check send meth GET uri ${ready} ver HTTP/1.1 hdr Host kubernetes
    http-check expect status 200
    default-server check check-ssl check-sni kubernetes verify required verifyhost kubernetes ca-file /etc/haproxy/kubernetes-ca.crt inter 1s downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join("\n")}
`;
}

/**
 * The site's own registry: TCP to a copy that is up, which is told who asks. What one client writes goes to one copy: a blob is begun and
 * ended there.
 */
function registry(plan: SitePlan): string {
  const copies = registryMachines(plan);
  if (copies.length === 0) return "";
  return `
frontend registry
    bind :${REGISTRY_PORT}
    default_backend registries

backend registries
    balance source
    hash-type consistent
    option httpchk
    http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host ${REGISTRY_NAME}
    http-check expect status 200
    default-server check check-ssl check-send-proxy send-proxy-v2 check-sni ${REGISTRY_NAME} verify required verifyhost ${REGISTRY_NAME} ca-file /etc/haproxy/kubernetes-ca.crt inter 1s downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${copies.map((m) => `    server ${m.name} ${registryAt(m)}`).join("\n")}
`;
}

/** HAProxy's own metrics, for control planes only. */
function metrics(plan: SitePlan): string {
  const sources = machinesOf(plan, "control-plane").map(({ address }) => address);
  return `
frontend metrics
    mode http
    bind :${HAPROXY_METRICS_PORT}
    timeout client 10s
    http-request deny unless { src ${sources.join(" ")} }
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404
`;
}
