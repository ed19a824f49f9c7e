/** What stands where a secret was. */
export const mask = "[secret]";

const signature = "4dabf18193072939515e22adb298388d";
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Variables whose values a program may repeat in a message. */
const variables = /PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY/i;

/**
 * A copy without secrets. The engine hides what it knows to be one; what programs and plugins print it does not, so
 * private keys and the values of secret environment variables are taken out as well, wherever they turn up.
 */
export function masked(value: unknown, env: NodeJS.ProcessEnv = process.env): unknown {
  const hidden = Object.entries(env).flatMap(([name, text]) =>
    variables.test(name) && text !== undefined && text.length >= 6 ? [text] : [],
  );
  return without(value, hidden);
}

function without(value: unknown, hidden: readonly string[]): unknown {
  if (typeof value === "string")
    return hidden.reduce((text, secret) => text.replaceAll(secret, mask), value.replaceAll(privateKey, mask));
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return mask;
  if (Array.isArray(value)) return value.map((part) => without(part, hidden));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, without(part, hidden)]));
}
