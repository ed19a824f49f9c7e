import type { Monitoring } from "../../description/spec";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf, nodesOf } from "../../plan/roles";
import { paths } from "../paths";
import { MONITORING_PORTS } from "./jobs";

/** rsyslog's configuration, and what it signs in with. */
export const LOG_SENDER_FOLDER = "/etc/groundwork/log-sender";
/** How far it has read, and what waits to be sent. */
export const LOG_SENDER_DATA = "/var/lib/groundwork/log-sender";
/** What it tells of itself once a minute. */
export const LOG_SENDER_STATS = `${LOG_SENDER_DATA}/stats`;
/** The TCP port of control planes that other machines send their logs to. */
export const LOGS_PORT = 6514;
/** What may wait on a machine's disk for one receiver, MiB. */
export const WAITING_MIB = 128;
/** The authorities that a machine knows. */
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";
/** The longest line that is sent whole. */
const LONGEST = "64k";

type Logs = NonNullable<Monitoring["logs"]>;

/** A place that a machine sends its logs to. */
export interface Receiver {
  /** The name of a control plane, or `elsewhere`. */
  name: string;
  address: string;
  port: number;
  /** The DNS name in its certificate. */
  peer: string;
  /** A file with the authorities of its certificate, if they are not the site's. */
  authority?: string;
}

/** Every place that each machine sends its logs to: all control planes, which keep them, and the owner's server. */
export function logReceivers(plan: SitePlan, { sendTo }: Logs): Receiver[] {
  return [
    ...machinesOf(plan, "control-plane").map(({ name, address }) => ({ name, address, port: LOGS_PORT, peer: name })),
    ...(sendTo
      ? [
          {
            name: ELSEWHERE,
            address: sendTo.server,
            port: sendTo.port,
            peer: sendTo.name ?? sendTo.server,
            authority: sendTo.ca === undefined ? AUTHORITIES : `${LOG_SENDER_FOLDER}/elsewhere-ca.crt`,
          },
        ]
      : []),
  ];
}

/** The owner's server among the receivers. */
export const ELSEWHERE = "elsewhere";
/** Those who keep logs on a control plane, as its rsyslog knows them. */
export const STORE = "store";

/**
 * What sends a machine's logs: its journal, of a node those of its pods, of a control plane who asked the API for what. Each line goes to each
 * receiver in RFC 5424's form over TLS, where both sides are known by their certificates. What one does not take waits in memory, then on
 * the disk, up to a bound; nobody else waits for it. A control plane takes those of every machine and hands them to VictoriaLogs beside it.
 */
export function logSenderConfiguration(plan: SitePlan, machine: MachinePlan, logs: Logs): string {
  const isNode = nodesOf(plan).some(({ name }) => name === machine.name);
  const isControlPlane = machine.role === "control-plane";
  return `global(
  workDirectory="${LOG_SENDER_DATA}"
  maxMessageSize="${LONGEST}"
  localHostname="${machine.name}"
  net.enableDNS="off"
  defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${LOG_SENDER_FOLDER}/ca.crt"
  defaultNetstreamDriverCertFile="${LOG_SENDER_FOLDER}/machine.crt"
  defaultNetstreamDriverKeyFile="${LOG_SENDER_FOLDER}/machine.key"
)
main_queue(queue.size="2000")
module(load="impstats" interval="60" format="json" resetCounters="off" log.syslog="off" log.file="${LOG_SENDER_STATS}")
template(name="reported" type="string" string="%timereported:::date-rfc3339%")
template(name="line" type="string" string="<%PRI%>1 %$!time% ${machine.name} %$!app:1:48% %$!process:1:128% - [groundwork@32473 %$!from%] %$!text%")
${isControlPlane ? `\n${taking(plan)}\n` : ""}
${isNode || isControlPlane ? `module(load="imfile" mode="inotify")\n` : ""}${isControlPlane ? `${audit}\n` : ""}${isNode ? `${pods}\n` : ""}${journal}

ruleset(name="send") {
${logReceivers(plan, logs).map(sending).join("\n")}
}
`;
}

function sending({ name, address, port, peer, authority }: Receiver): string {
  const known = authority === undefined ? "" : ` streamDriver.CAFile="${authority}"`;
  return `  action(name="${name}" type="omfwd" target="${address}" port="${port}" protocol="tcp" TCP_Framing="octet-counted" template="line"
    streamDriver="gtls" streamDriverMode="1" streamDriverAuthMode="x509/name" streamDriverPermittedPeers="${peer}"${known}
    ${waiting(name)})`;
}

/**
 * What is not taken waits and is tried again for ever. When there is no more place, what comes is lost for that receiver and counted: for two
 * milliseconds others wait with it, long enough for a burst to reach the disk, and too short to hold anybody up.
 */
function waiting(name: string): string {
  return [
    `queue.type="LinkedList" queue.filename="${name}" queue.size="5000" queue.maxDiskSpace="${WAITING_MIB}m" queue.maxFileSize="8m"`,
    'queue.timeoutEnqueue="2" queue.saveOnShutdown="on"',
    'action.resumeRetryCount="-1" action.resumeInterval="5" action.resumeIntervalMax="60"',
  ].join("\n    ");
}

/** From every machine of the site, and from nobody else, as they sent it. */
function taking(plan: SitePlan): string {
  const peers = plan.machines.map(({ name }) => `"${name}"`).join(", ");
  return `module(load="imtcp" maxSessions="${Math.max(64, 4 * plan.machines.length)}" keepAlive="on")
template(name="as-sent" type="string" string="%rawmsg%")
input(type="imtcp" port="${LOGS_PORT}" ruleset="keep"
  streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer=[${peers}])
ruleset(name="keep") {
  action(name="${STORE}" type="omfwd" target="127.0.0.1" port="${MONITORING_PORTS.logLines}" protocol="tcp" TCP_Framing="octet-counted" template="as-sent"
    streamDriver="ptcp"
    ${waiting(STORE)})
}`;
}

const journal = `module(load="imjournal" stateFile="journal" ignorePreviousMessages="on" ratelimit.interval="600" ratelimit.burst="100000")
set $!time = exec_template("reported");
set $!app = $programname;
set $!process = $procid;
set $!from = 'source="journal" unit="' & replace($!_SYSTEMD_UNIT, "\\\\", "") & '"';
set $!text = $msg;
call send`;

const audit = `input(type="imfile" file="${paths.audit}/audit.log" tag="kube-audit" facility="local0" severity="info" freshStartTail="on" ruleset="audit")
ruleset(name="audit") {
  set $!time = exec_template("reported");
  set $!app = "kube-audit";
  set $!process = "-";
  set $!from = 'source="audit"';
  set $!text = $rawmsg;
  call send
}`;

/** As containerd writes them: `2026-11-29T18:00:00.123456789Z stdout F text`, in files POD_NAMESPACE_CONTAINER-ID.log. */
const pods = `input(type="imfile" file="/var/log/containers/*.log" tag="pod" facility="local1" severity="info" addMetadata="on" ruleset="pods")
ruleset(name="pods") {
  set $!time = re_extract($rawmsg, '^([0-9-]+T[0-9:]+[.][0-9]{6})[0-9]*(Z|[+-][0-9:]+) ', 0, 1, "-") & re_extract($rawmsg, '^([0-9-]+T[0-9:]+[.][0-9]{6})[0-9]*(Z|[+-][0-9:]+) ', 0, 2, "");
  set $!text = re_extract($rawmsg, '^[^ ]+ std(out|err) [FP] (.*)$', 0, 2, "");
  set $!name = re_extract($!metadata!filename, '/([^/]+)-[0-9a-f]+[.]log$', 0, 1, "-");
  set $!app = field($!name, 95, 3);
  set $!process = "-";
  set $!from = 'source="pod" namespace="' & field($!name, 95, 2) & '" pod="' & field($!name, 95, 1) & '" container="' & $!app & '"';
  call send
}`;
