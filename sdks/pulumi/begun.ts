/**
 * Whether a program has asked something of an engine, outside of any run of it, that is not answered: it registered a resource, or
 * called a function. An SDK that does not tell is taken to say yes.
 */
export function hasBegun(): boolean {
  const { leakedPromises } = require("@pulumi/pulumi/runtime/debuggable") as {
    leakedPromises?: () => [Set<unknown>, string];
  };
  return leakedPromises === undefined || leakedPromises()[0].size > 0;
}
