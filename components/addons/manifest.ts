import { createHash } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors";
import { parseAllDocuments } from "yaml";
import type { PodNetwork } from "../../site/description/spec";

type ManifestSpec = Extract<PodNetwork, { kind: "manifest" }>;

/** An object of a manifest, as far as it must be known to be applied. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

/** Downloads a pinned manifest and refuses one whose digest differs. */
export async function downloadManifest(spec: ManifestSpec): Promise<string> {
  const text = await download(spec.url);
  const sha256 = createHash("sha256").update(text).digest("hex");
  if (sha256 !== spec.sha256) {
    throw new RunError(
      `kubernetes.podNetwork.sha256: ${spec.url} has ${sha256}, not ${spec.sha256}; review the manifest and pin its digest`,
    );
  }
  return text;
}

/** The objects of a manifest, lists taken apart, namespaces and definitions first. */
export function manifestObjects(text: string): ManifestObject[] {
  const objects = parseAllDocuments(text).flatMap((document) => flatten(document.toJS()));
  return objects.sort((a, b) => rank(a) - rank(b));
}

function flatten(value: unknown): ManifestObject[] {
  if (value === null || typeof value !== "object") {
    return [];
  }
  const object = value as ManifestObject & { items?: unknown[] };
  if (object.kind?.endsWith("List") && Array.isArray(object.items)) {
    return object.items.flatMap(flatten);
  }
  return object.kind && object.apiVersion && object.metadata?.name ? [object] : [];
}

function rank({ kind }: ManifestObject): number {
  const early = ["Namespace", "CustomResourceDefinition", "ServiceAccount", "ConfigMap", "Secret"];
  const index = early.indexOf(kind);
  return index === -1 ? early.length : index;
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) {
      throw new Error(`HTTP ${response.status}`);
    }
    return await response.text();
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error);
    throw new RunError(
      `kubernetes.podNetwork.url: ${url} cannot be read (${fact}); correct it, or serve a copy where this machine can reach it`,
    );
  }
}
