import { isIPv4 } from "node:net";
import { z } from "zod";
import { deviceIdFault } from "../deviceId";

/** A DNS-1123 label: what Kubernetes, cloud-init and vSphere all accept as a name. */
export const dnsLabel = z
  .string()
  .max(40)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use lower-case letters, digits and hyphens, starting with a letter");

/** The name of a failure domain, such as a rack; it becomes a node label's value. */
export const domainName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?$/, {
    error: "use letters, digits, dots, hyphens and underscores",
    abort: true,
  });

/** A host's name: a host name or an address; it becomes a node label's value, too. */
export const hostName = domainName.refine(
  (name) => !name.includes("..") && (isIPv4(name) || !/^[\d.]+\.\d+$/.test(name)),
  "use a host name without empty labels, or an IPv4 address",
);

/** A link below /dev/disk, a local disk with its host (`esx-1/mpx.vmhba0:C0:T0:L0`), or a share by its address (`nfs:10.9.0.7:/vol/a`). */
const WITH_SLASH = /^(?:\/dev\/disk\/by-[a-z]+\/[^/]+|[^/:]+\/[A-Za-z0-9]+\.[^/]+|[a-z]+:.+)$/;

/** A canonical disk name: `naa.…`, `t10.…`, `eui.…`, `mpx.vmhba0:C0:T0:L0`, a WWN or a path below /dev/disk. */
export const deviceId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9/][-A-Za-z0-9._:/]*$/, {
    error: "use the canonical disk name, for example naa.5000c500a1b2c3d4",
    abort: true,
  })
  .refine((id) => !id.includes("/") || WITH_SLASH.test(id), {
    error:
      "use a name that stays with the disk, for example naa.5000c500a1b2c3d4 or /dev/disk/by-id/wwn-0x5000c500a1b2c3d4",
    abort: true,
  })
  .superRefine((id, context) => {
    const fault = deviceIdFault(id);
    if (fault) context.addIssue({ code: "custom", message: fault.fix, params: { fact: fault.fact } });
  });

/**
 * A datastore's or another vSphere object's name: whatever vCenter shows. No control characters, no marks that turn or hide
 * text, no blanks at its ends; what is written into a shell, a page or a path is quoted there.
 */
export const inventoryName = z
  .string()
  .min(1)
  .max(80)
  .regex(
    /^[^\p{C}\p{Zl}\p{Zp}\s](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Zl}\p{Zp}\s])?$/u,
    "use the name as vCenter shows it, on one line",
  );

/** Text for people: one line. */
export const sentence = z
  .string()
  .min(3)
  .max(500)
  .regex(/^\P{Cc}*$/u, "write one line of text");

/** GiB, up to a pebibyte. */
export const gibibytes = z.number().positive().max(1_048_576);
export const count = z.number().int().min(0);
