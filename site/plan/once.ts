/**
 * The same of a key each time it is asked for, computed once: what is derived from a plan is wanted in many places of one run, and a plan
 * never changes once it is made. Kept for as long as the key is.
 */
export function oncePer<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { value: V }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}
