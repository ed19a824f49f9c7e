import { logsCertificate } from "../../pki/certificates";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { certificateFiles, type FileSpec, file, secret } from "../file";
import { LOG_SENDER_DATA, LOG_SENDER_FOLDER, logSenderConfiguration } from "../monitoring/logSender";

/** What sends a machine's logs, where they are kept: rsyslog, in an instance of the site's own beside whatever the machine's owner has. */
export function logSenderFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const logs = plan.spec.addons.monitoring?.logs;
  if (logs === undefined) return [];
  const at = (name: string) => `${LOG_SENDER_FOLDER}/${name}`;
  const ca = logs.sendTo?.ca;
  return [
    file(at("rsyslog.conf"), logSenderConfiguration(plan, machine, logs), ["log-sender"]),
    file(at("ca.crt"), secret("authority/cluster"), ["log-sender"]),
    ...certificateFiles(at("machine"), logsCertificate(machine), ["log-sender"]),
    ...(ca === undefined ? [] : [file(at("elsewhere-ca.crt"), ca.endsWith("\n") ? ca : `${ca}\n`, ["log-sender"])]),
    file("/etc/systemd/system/groundwork-log-sender.service", SERVICE, ["log-sender"]),
  ];
}

/** It reads what is root's, and writes nothing but what waits and how far it has come. */
const SERVICE = `[Unit]
Description=Sends the logs of this machine
After=network-online.target systemd-journald.service
Wants=network-online.target

[Service]
Type=notify
ExecStart=/usr/sbin/rsyslogd -n -iNONE -f ${LOG_SENDER_FOLDER}/rsyslog.conf
StateDirectory=groundwork/log-sender
StateDirectoryMode=0700
UMask=0077
Restart=on-failure
RestartSec=10
StandardOutput=null
MemoryMax=128M
CapabilityBoundingSet=CAP_DAC_READ_SEARCH
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=true
ReadWritePaths=${LOG_SENDER_DATA}

[Install]
WantedBy=multi-user.target
`;
