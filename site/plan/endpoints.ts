import { Address4 } from "ip-address";
import type { SitePlan } from "./model";

/** Address number `index` of a range; `10.96.0.0/16`, 10 → `10.96.0.10`. */
export function addressIn(cidr: string, index: number): string {
  return Address4.fromBigInt(new Address4(cidr).startAddress().bigInt() + BigInt(index)).address;
}

/** The service address of the API server: the first of the range. */
export function apiServiceAddress(plan: SitePlan): string {
  return addressIn(plan.spec.network.serviceCidr, 1);
}

/** The service address of the cluster's DNS: the tenth of the range, as kubeadm has it. */
export function dnsServiceAddress(plan: SitePlan): string {
  return addressIn(plan.spec.network.serviceCidr, 10);
}

/** `https://host:port` of the balanced API endpoint. */
export function endpointUrl(plan: SitePlan): string {
  return `https://${plan.endpoint.host}:${plan.endpoint.port}`;
}
