import { localRegistry, REGISTRY_PORT } from "../description/registry";
import { kubeletClient, REGISTRY_NAME, REGISTRY_PUSHER, registryServer } from "../pki/certificates";
import type { MachinePlan, SitePlan } from "../plan/model";
import { registryAt, registryEndpoints, registryMachines } from "../plan/registry";
import { machinesOf } from "../plan/roles";
import { certificateFiles, type FileSpec, file, secret } from "./file";
import { shell } from "./shell";
import { QUIET, type Timed, timedService, timer } from "./timedUnit";
import { yaml } from "./yaml";

const FOLDER = "/etc/groundwork/registry";
const CLIENT = "/etc/groundwork/registry-client";
/** What Distribution listens at: only HAProxy, and root, may connect. */
const SOCKET = "/run/groundwork-registry/registry.sock";
export const REGISTRY_FOLDER = "/var/lib/groundwork-registry";
const COPY_SCRIPT = "/usr/local/sbin/groundwork-registry-copy";
const ADMIN_SOCKET = "/run/groundwork-registry-front/admin.sock";

/** What a machine needs that has a copy of the site's registry. */
export function registryFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const copies = registryMachines(plan);
  if (!copies.some(({ name }) => name === machine.name)) return [];
  const other = copies.find(({ name }) => name !== machine.name);
  const unit = (name: string) => `/etc/systemd/system/groundwork-registry${name}`;
  return [
    file(`${FOLDER}/config.yaml`, distributionConfiguration(), ["registry"]),
    file(unit(".service"), distributionUnit(), ["registry"]),
    file(`${FOLDER}/front.cfg`, registryFront(plan), ["registry-front"]),
    file(unit("-front.service"), frontUnit(), ["registry-front"]),
    file(`${FOLDER}/ca.crt`, secret("authority/cluster"), ["registry-front"]),
    ...certificateFiles(`${FOLDER}/server`, registryServer(machine), ["registry-front"]),
    file(`${FOLDER}/copy.conf`, copySettings(plan, other), []),
    file(COPY_SCRIPT, shell("registry-copy"), [], { mode: 0o755 }),
    file(unit("-copy.service"), timedService(timed), ["registry-copy"]),
    file(unit("-copy.timer"), timer(timed), ["registry-copy"]),
  ];
}

/** How containerd of a node asks for every image, and what it is known by: its kubelet's certificate. */
export function registryClientFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const { registry } = plan.spec;
  if (registry === undefined) return [];
  const hosts = (text: string) => file("/etc/containerd/certs.d/_default/hosts.toml", text, ["registry-client"]);
  if (registry.kind === "external") {
    const ca = registry.ca === undefined ? [] : [file(`${CLIENT}/ca.crt`, registry.ca, ["registry-client"])];
    return [hosts(externalHosts(registry.url, ca.length > 0)), ...ca];
  }
  return [
    hosts(localHosts(plan)),
    file(`${CLIENT}/ca.crt`, secret("authority/cluster"), ["registry-client"]),
    ...certificateFiles(`${CLIENT}/client`, kubeletClient(machine), ["registry-client"]),
  ];
}

/**
 * Every place in turn, until one has the image: at the virtual address only copies answer that are up; one that was away has not all yet.
 * Nobody else is asked, so that a name that is not there is known at once.
 */
function localHosts(plan: SitePlan): string {
  const known = [
    `ca = "${CLIENT}/ca.crt"`,
    `client = [["${CLIENT}/client.crt", "${CLIENT}/client.key"]]`,
    'capabilities = ["pull", "resolve"]',
  ];
  const endpoints = registryEndpoints(plan);
  const [last, ...before] = [...endpoints].reverse();
  const host = (endpoint: string) => ["", `[host."https://${endpoint}"]`, ...known.map((line) => `  ${line}`)];
  return [`server = "https://${last}"`, ...known, ...before.reverse().flatMap(host), ""].join("\n");
}

/** containerd puts /v2 before the path of an image by itself, but not where an address has a path of its own. */
function externalHosts(url: string, hasAuthority: boolean): string {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, "");
  return [
    `server = "${origin}${path === "" ? "" : `/v2${path}`}"`,
    ...(path === "" ? [] : ["override_path = true"]),
    ...(hasAuthority ? [`ca = "${CLIENT}/ca.crt"`] : []),
    'capabilities = ["pull", "resolve"]',
    "",
  ].join("\n");
}

/** Distribution itself knows nobody: HAProxy does. What lies there is not deleted over the network. */
function distributionConfiguration(): string {
  return yaml({
    version: 0.1,
    log: { level: "error", formatter: "text", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: REGISTRY_FOLDER },
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: false },
      maintenance: { uploadpurging: { enabled: true, age: "24h", interval: "6h", dryrun: false } },
    },
    http: { net: "unix", addr: SOCKET, relativeurls: true, draintimeout: "10s" },
    health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
  });
}

/** A user of its own, who has the images and nothing else of the machine. */
function distributionUnit(): string {
  return `[Unit]
Description=The site's registry: CNCF Distribution
Documentation=https://distribution.github.io/distribution/
StartLimitIntervalSec=0

[Service]
DynamicUser=yes
User=groundwork-registry
Group=haproxy
UMask=0007
StateDirectory=groundwork-registry
StateDirectoryMode=0700
RuntimeDirectory=groundwork-registry
RuntimeDirectoryMode=0750
Environment=OTEL_TRACES_EXPORTER=none
ExecStart=registry serve ${FOLDER}/config.yaml
Restart=always
RestartSec=2
ProtectHome=true

[Install]
WantedBy=multi-user.target
`;
}

function frontUnit(): string {
  return `[Unit]
Description=HAProxy before the site's registry, which knows who asks
After=network-online.target groundwork-registry.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
RuntimeDirectory=groundwork-registry-front
RuntimeDirectoryMode=0700
ExecStart=haproxy -Ws -f ${FOLDER}/front.cfg
ExecReload=haproxy -c -q -f ${FOLDER}/front.cfg
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
Restart=always
RestartSec=2
ProtectHome=true
ProtectSystem=full
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Who may do what: nodes read, by the certificate of their kubelet, and whoever has the pusher's certificate writes. Each request is a line
 * in the journal. containerd says in \`ns\` which registry an image's name begins with; by that it lies here, so that two registries never
 * share a name.
 */
function registryFront(plan: SitePlan): string {
  const balancers = machinesOf(plan, "load-balancer").map(({ address }) => address);
  const own = registryEndpoints(plan);
  const full = `the registry holds as much as registry.sizeGiB (${localRegistry(plan.spec)?.sizeGiB}) allows`;
  return `global
    log stdout format raw local0 info
    user haproxy
    group haproxy
    maxconn 2000
    stats socket ${ADMIN_SOCKET} mode 600 level admin
    ssl-default-bind-options ssl-min-ver TLSv1.2
    ssl-load-extra-del-ext

defaults
    mode http
    log global
    option dontlognull
    timeout connect 4s
    timeout client 1m
    timeout server 5m
    timeout http-request 10s
    timeout http-keep-alive 1m
    timeout check 2s

frontend registry
    bind :${REGISTRY_PORT} ssl crt ${FOLDER}/server.crt ca-file ${FOLDER}/ca.crt verify optional
${balancers.length > 0 ? `    tcp-request connection expect-proxy layer4 if { src ${balancers.join(" ")} }\n` : ""}    log-format "registry: %{+Q}[ssl_c_s_dn(CN)] from %ci %HM %{+Q}[var(txn.path)] %ST %B bytes %Ta ms"
    monitor-uri /healthz
    monitor fail if { nbsrv(reads) eq 0 }
    acl reads method GET HEAD
    acl node ssl_c_s_dn(O) -m str system:nodes
    acl pusher ssl_c_s_dn(CN) -m str ${REGISTRY_PUSHER}
    acl mirrored url_param(ns) -m found
    acl own url_param(ns),url_dec -m str ${own.join(" ")}
    http-request set-var(txn.path) path
    http-request set-log-level silent if reads { path /v2/_catalog } || reads { path_end /tags/list }
    http-request return status 401 content-type text/plain string "a certificate of this site is needed\\n" unless { ssl_c_used }
    http-request return status 403 content-type text/plain string "nodes of this site may read, and ${REGISTRY_PUSHER} write\\n" unless pusher || node reads
    http-request return status 400 content-type text/plain string "ns is no registry\\n" if mirrored !{ url_param(ns),url_dec -m reg ^[A-Za-z0-9][A-Za-z0-9.:-]{0,258}$ }
    http-request return status 507 content-type text/plain string "${full}\\n" if !reads { nbsrv(writes) eq 0 } { nbsrv(reads) gt 0 }
    http-request set-path "/v2/%[url_param(ns),url_dec,lower,regsub(:,_,g)]%[path,regsub(^/v2,)]" if mirrored !own { path_beg /v2/ }
    http-request set-var(txn.path) path
    use_backend writes if !reads
    default_backend reads

${["reads", "writes"].map(backend).join("\n")}`;
}

function backend(name: string): string {
  return `backend ${name}
    option httpchk
    http-check send meth GET uri /v2/ ver HTTP/1.1 hdr Host ${REGISTRY_NAME}
    http-check expect status 200
    server registry unix@${SOCKET} check inter 2s fall 2 rise 1
`;
}

/** Where the other copy is; nothing where there is one only. */
function copySettings(plan: SitePlan, other: MachinePlan | undefined): string {
  const sizeMiB = (localRegistry(plan.spec)?.sizeGiB ?? 0) * 1024;
  return [
    `OTHER=${other ? `https://${registryAt(other)}` : ""}`,
    `SIZE_MIB=${sizeMiB}`,
    `FOLDER=${REGISTRY_FOLDER}`,
    `SOCKET=${SOCKET}`,
    `ADMIN_SOCKET=${ADMIN_SOCKET}`,
    `CLIENT=${CLIENT}`,
    "",
  ].join("\n");
}

const timed: Timed = {
  what: "Copy what only the other copy of the site's registry has",
  when: "See every five minutes what only the other copy of the site's registry has",
  program: COPY_SCRIPT,
  limit: "2h",
  unit: ["After=groundwork-registry-front.service"],
  service: ["Nice=10", "IOSchedulingClass=idle", ...QUIET],
  timer: ["OnBootSec=1min", "OnUnitInactiveSec=5min", "RandomizedDelaySec=30s"],
};
