/** `hosts[0].devices[1].id` → `["hosts", 0, "devices", 1, "id"]`; none if it is no path. */
export function keysOf(path: string): (string | number)[] | undefined {
  if (!/^[^.[\]\s=]+(\.[^.[\]\s=]+|\[\d+\])*$/.test(path)) return undefined;
  return [...path.matchAll(/[^.[\]]+|\[(\d+)\]/g)].map(([key, index]) => (index === undefined ? key : Number(index)));
}
