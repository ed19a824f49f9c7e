import type { BackupFact, EncryptionFact } from "../site/facts/model";

/** A finding that the owner lives with, for a while. */
export interface Exception {
  rule: string;
  /** The resource's name or URN, or the finding's path. */
  resource: string;
  reason: string;
  /** The last day, `YYYY-MM-DD`. */
  until: string;
}

/** Where drills are on record, and who signs them. */
export interface DrillSettings {
  /** A folder with `<stack>.json` and `<stack>.json.sig`. */
  folder?: string;
  /** Public keys; the site's own login, if there are none. */
  signers?: readonly string[];
}

/** What several rules read. */
export interface Settings {
  exceptions: readonly Exception[];
  backup?: BackupFact;
  drill?: DrillSettings;
  encryption?: EncryptionFact;
  /** Roles of virtual machines by their names, as regular expressions. */
  roles: Readonly<Record<string, string>>;
  /** Devices by the ids of datastores. */
  devices: Readonly<Record<string, string>>;
}

export const noSettings: Settings = { exceptions: [], roles: {}, devices: {} };

const day = "^\\d{4}-\\d{2}-\\d{2}$";
const named = (description: string) => ({
  type: "object",
  additionalProperties: { type: "string" },
  default: {},
  description,
});

/** The JSON Schema of the settings. */
export const settingsSchema = {
  properties: {
    exceptions: {
      type: "array",
      description: "Findings that the owner lives with, each with its reason and its last day",
      default: [],
      items: {
        type: "object",
        additionalProperties: false,
        required: ["rule", "resource", "reason", "until"],
        properties: {
          rule: { type: "string", minLength: 1, description: "The rule's id" },
          resource: { type: "string", minLength: 1, description: "The resource's name or URN, or the finding's path" },
          reason: { type: "string", minLength: 10, description: "Why, for whoever reads the report" },
          until: { type: "string", pattern: day, description: "The last day, YYYY-MM-DD" },
        },
      },
    },
    backup: {
      type: "object",
      additionalProperties: false,
      required: ["encrypted", "copiedTo"],
      description: "What the owner attests of etcd's backups",
      properties: {
        encrypted: { type: "boolean", description: "Whether the copies are encrypted" },
        copiedTo: { type: "string", minLength: 1, description: "The host, site or service that holds the copies" },
        last: {
          type: "string",
          pattern: "^\\d{4}-\\d{2}-\\d{2}T",
          description: "When the last one succeeded, RFC 3339",
        },
      },
    },
    drill: {
      type: "object",
      additionalProperties: false,
      description: "Where drills of a restore are on record, and who signs them",
      properties: {
        folder: {
          type: "string",
          minLength: 1,
          description: "The folder of the records; without it `drills` in the project's",
        },
        signers: {
          type: "array",
          items: { type: "string", pattern: "^ssh-ed25519 " },
          description: "Public keys that sign them; without any the site's own SSH login",
        },
      },
    },
    encryption: {
      type: "object",
      additionalProperties: false,
      description: "What the owner attests of disks' encryption",
      properties: {
        devices: { type: "array", items: { type: "string" }, description: "Devices that encrypt what lies on them" },
        storagePolicies: {
          type: "array",
          items: { type: "string" },
          description: "vCenter's storage policies that encrypt, by their ids",
        },
      },
    },
    roles: named(
      "Roles (etcd, control-plane, load-balancer, worker) of virtual machines by regular expressions of their names",
    ),
    devices: named("Storage devices by the ids of the datastores on them"),
  },
};

/** Whether an exception still covers something on a day. */
export function isCurrent({ until }: Exception, now: number): boolean {
  return new Date(now).toISOString().slice(0, 10) <= until;
}
