import { isMap, isPair, isScalar, isSeq } from "yaml";
import { removeItem } from "./comments";
import type { Description } from "./description";

/**
 * Takes out of a stack file what belongs to its stack alone: values that are encrypted for it, and what they are encrypted with.
 *
 * @returns the settings that were encrypted, as `pulumi config set --path` names them
 */
export function withoutSecrets(description: Description): { settings: string[]; provider?: string } {
  const { document } = description;
  const provider = document.get("secretsprovider");
  for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"]) description.deleteOfStack([key]);
  const settings: string[] = [];
  takeOut(document.get("config", true), "", settings);
  return { settings, ...(typeof provider === "string" && { provider }) };
}

function takeOut(node: unknown, path: string, settings: string[]): void {
  if (!isMap(node) && !isSeq(node)) return;
  [...node.items].forEach((item, i) => {
    const key = isPair(item) && isScalar(item.key) ? `${path && "."}${item.key.value}` : `[${i}]`;
    const value = isPair(item) ? item.value : item;
    if (isMap(value) && value.items.length === 1 && value.has("secure")) {
      settings.push(path + key);
      removeItem(node, (node.items as unknown[]).indexOf(item));
    } else takeOut(value, path + key, settings);
  });
}
