export type Read = (properties: object, showSecrets: boolean) => unknown;

/**
 * The server of policies reads the properties of every resource anew for every policy: with a hundred of them most of its
 * time goes there. Ours change nothing of what they are shown, so that once is enough.
 */
export function readOnce(): void {
  const reader = require("@pulumi/policy/deserialize") as { deserializeProperties: Read };
  const { deserializeProperties: read } = reader;
  const kept = [new WeakMap<object, unknown>(), new WeakMap<object, unknown>()] as const;
  reader.deserializeProperties = (properties, showSecrets) => {
    const known = kept[showSecrets ? 1 : 0];
    if (!known.has(properties)) known.set(properties, read(properties, showSecrets));
    return known.get(properties);
  };
}
