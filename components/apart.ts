import * as pulumi from "@pulumi/pulumi";

/**
 * What is made of keys and holds none in clear text: the engine need neither hide it nor trace it back to the authorities, which a policy
 * forbids to go into a machine. While a key is yet to be made, in a preview, `meanwhile` stands for it.
 */
export function apart<T, R>(keys: pulumi.Output<T>, meanwhile: R, make: (keys: T) => Promise<R>): pulumi.Output<R> {
  const made = new Promise<R>((resolve, reject) => {
    keys.apply((known) => make(known as T).then(resolve, reject));
    if (pulumi.runtime.isDryRun()) void isKnown(keys).then((known) => known || resolve(meanwhile));
  });
  return pulumi.output(made) as pulumi.Output<R>;
}

/** Public in the class behind `Output`, though not in its type. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}
