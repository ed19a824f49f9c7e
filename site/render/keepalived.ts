import { Address4 } from "ip-address";
import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { virtualRouterId } from "../plan/virtualRouter";

export const KEEPALIVED_CHECK = "/etc/keepalived/check-haproxy";

/**
 * The API's address moves between the load balancers by VRRP, unicast because switches and hypervisors drop multicast (L12).
 * Whoever holds it keeps it (`nopreempt`): an address that moves back costs every client a connection. A machine whose HAProxy
 * does not accept connections gives it up. The interface is written by the machine itself, which knows its name.
 */
export function keepalivedConfiguration(plan: SitePlan, machine: MachinePlan): string {
  const vip = plan.vip ?? plan.endpoint.host;
  const balancers = machinesOf(plan, "load-balancer");
  const peers = balancers.filter((m) => m.name !== machine.name);
  const prefix = new Address4(plan.spec.network.cidr).subnetMask;
  return `include /etc/keepalived/interface.conf

global_defs {
    router_id ${machine.name}
    enable_script_security
    script_user nobody
    vrrp_version 3
    vrrp_garp_master_refresh 60
}

vrrp_script haproxy {
    script "${KEEPALIVED_CHECK} ${plan.endpoint.port}"
    interval 1
    timeout 2
    fall 2
    rise 1
}

vrrp_instance kubernetes-api {
    state BACKUP
    nopreempt
    interface $INTERFACE
    virtual_router_id ${virtualRouterId(vip)}
    priority ${200 - balancers.findIndex((m) => m.name === machine.name)}
    advert_int 0.5
    unicast_src_ip ${machine.address}
    unicast_peer {
${peers.map((m) => `        ${m.address}\n`).join("")}    }
    virtual_ipaddress {
        ${vip}/${prefix}
    }
    track_script {
        haproxy
    }
}
`;
}
