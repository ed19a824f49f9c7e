import type { Element } from "./xml";

/** The type of a device: vCenter writes the actual one into `xsi:type`. */
export function kindOf(device: Element): string {
  return (device.attributes.type ?? "").replace(/^.*:/, "");
}
