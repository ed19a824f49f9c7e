import type { MachinePlan, SitePlan } from "../plan";
import { type Content, content } from "./content";

/** The two documents of the VMware data source; both go into guestinfo in base64. */
export interface CloudInit {
  metadata: Content;
  userdata: Content;
}

/** Name, address, the program's login and the SSH host key that later steps pin: all a machine is told at birth. */
export function cloudInit(plan: SitePlan, machine: MachinePlan): CloudInit {
  void plan;
  void machine;
  return { metadata: content``, userdata: content`` };
}
