import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes a resource right before it is made: the one way round what a component decides. An object's fields replace the
 * component's; a function changes arguments and options in place. The policy pack judges the result, not the intention.
 *
 * @example
 * ```ts
 * const virtualMachine: Transform<VirtualMachineArgs> = (args) => {
 *   args.latencySensitivity = "high";
 * };
 * ```
 */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => void);

/** The arguments a resource's constructor takes, after the transform. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
  if (typeof transform !== "function") {
    return [name, { ...args, ...transform }, opts];
  }
  const changed = { ...args };
  const changedOpts = { ...opts };
  transform(changed, changedOpts, name);
  return [name, changed, changedOpts];
}
