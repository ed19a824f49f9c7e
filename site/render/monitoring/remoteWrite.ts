import type { Monitoring } from "../../description/spec";
import type { MachinePlan, SitePlan } from "../../plan/model";
import type { Content } from "../content";
import { secret } from "../file";
import { monitoringImages } from "../images";
import { yaml } from "../yaml";
import { configuration, keyReader, probes, resources } from "./container";
import { MONITORING_FOLDER, MONITORING_PORTS } from "./jobs";
import { monitoringSize } from "./size";

/** Samples that wait to be sent lie here, on the machine. */
export const REMOTE_WRITE_DATA = "/var/lib/groundwork/metrics-to-send";
/** What may wait there: the oldest go then. Its files are of half a gigabyte, and one more is being written. */
const WAITING_MB = 500;
export const REMOTE_WRITE_MIB = 1024;
/** What vmagent calls the receiver: the second of those that it writes to. The first is VictoriaMetrics beside it. */
export const RECEIVER = "2:secret-url";

type RemoteWrite = NonNullable<Monitoring["remoteWrite"]>;

/**
 * vmagent, in a site that sends its metrics on: it asks for metrics in place of VictoriaMetrics, and writes them to that one and to the owner's
 * receiver. What that one does not take waits on the disk, up to a bound; the site's own goes on.
 */
export function vmagent(plan: SitePlan, { url, ca, user }: RemoteWrite, env: object[]): object {
  const own = `http://127.0.0.1:${MONITORING_PORTS.metrics}/api/v1/write`;
  // Of each list of flags the first is for the site's own.
  const each = (flag: string, value: string) => [`-remoteWrite.${flag}=`, `-remoteWrite.${flag}=${value}`];
  const at = (name: string) => `${MONITORING_FOLDER}/${name}`;
  const { sent } = monitoringSize(plan).memoryMiB;
  return {
    name: "vmagent",
    image: monitoringImages(plan.spec).vmagent,
    imagePullPolicy: "IfNotPresent",
    command: ["/vmagent-prod"],
    args: [
      `-httpListenAddr=127.0.0.1:${MONITORING_PORTS.sent}`,
      `-promscrape.config=${at("scrape.yaml")}`,
      "-promscrape.config.strictParse=true",
      `-memory.allowedBytes=${sent}MiB`,
      "-remoteWrite.tmpDataPath=/waiting",
      `-remoteWrite.maxDiskUsagePerURL=${WAITING_MB}MB`,
      `-remoteWrite.url=${own}`,
      `-remoteWrite.url=${url}`,
      ...each("urlRelabelConfig", at("remote-write-labels.yaml")),
      ...(ca === undefined ? [] : each("tlsCAFile", at("remote-write-ca.crt"))),
      ...(user === undefined
        ? []
        : [...each("basicAuth.username", user), ...each("basicAuth.passwordFile", at("remote-write-password"))]),
    ],
    env,
    resources: resources("20m", sent, 3 * sent),
    ...probes("/health", MONITORING_PORTS.sent),
    securityContext: keyReader,
    volumeMounts: [
      configuration,
      { name: "metrics-to-send", mountPath: "/waiting" },
      ...(ca === undefined ? [{ name: "authorities", mountPath: "/etc/ssl/certs", readOnly: true }] : []),
    ],
  };
}

/** What it reads beside what VictoriaMetrics would. The password is read again by itself; nothing starts for another one. */
export function remoteWriteFiles(
  plan: SitePlan,
  machine: MachinePlan,
  { ca, user }: RemoteWrite,
): { read: Record<string, string>; secret: Record<string, Content> } {
  return {
    read: {
      "remote-write-labels.yaml": receiverLabels(plan, machine),
      ...(ca !== undefined && { "remote-write-ca.crt": ca.endsWith("\n") ? ca : `${ca}\n` }),
    },
    secret: user === undefined ? {} : { "remote-write-password": secret("monitoring/remote-write-password") },
  };
}

/** Whose a sample is, and which control plane asked for it: each of them sends all, so that one that is lost leaves no gap. */
function receiverLabels({ site }: SitePlan, { name }: MachinePlan): string {
  return yaml([
    { action: "replace", target_label: "site", replacement: site },
    { action: "replace", target_label: "replica", replacement: name },
  ]);
}
