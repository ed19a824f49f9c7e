/**
 * The VRRP id of the load balancers that hold a virtual address: its last octet, which no other address of a network of 256 has. In a
 * larger network two sites could have the same.
 */
export function virtualRouterId(vip: string): number {
  return Number(vip.split(".").at(-1)) || 1;
}
