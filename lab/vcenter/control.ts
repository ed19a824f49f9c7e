/** A virtual machine as the lab sees it. */
export interface MachineState {
  name: string;
  /** Managed object id. */
  id: string;
  uuid: string;
  host: string;
  on: boolean;
  address: string;
  /** The container that is its guest. */
  container: string;
  /** In the order in which the guest sees them; `folder` is where the content lies on this machine. */
  disks: { label: string; datastore: string; device: string; folder: string }[];
}

/** A storage device as the lab sees it. */
export interface DeviceState {
  id: string;
  failed: boolean;
  hosts: string[];
  datastores: string[];
  machines: string[];
  mount: string;
}

/** A vCenter task that can be made to fail. */
export type TaskKind =
  | "cloneVm"
  | "powerOn"
  | "powerOff"
  | "reset"
  | "reconfigVm"
  | "relocateVm"
  | "destroy"
  | "powerOnMultiVM"
  | "reconfigureCluster"
  | "removeHost";

/** Makes things fail in a lab's datacenter, and mends them. Where machines are returned, they are those it concerned. */
export class Control {
  constructor(
    /** `http://127.0.0.1:PORT`. */
    readonly url: string,
    readonly token: string,
  ) {}

  /** Whether the simulator of this lab answers. */
  async answers(lab: string): Promise<boolean> {
    try {
      const patience = AbortSignal.timeout(5000);
      return (await this.call<{ lab: string }>("GET", "health", undefined, patience)).lab === lab;
    } catch {
      return false;
    }
  }

  async machines(): Promise<MachineState[]> {
    return this.call("GET", "machines");
  }

  async devices(): Promise<DeviceState[]> {
    return this.call("GET", "devices");
  }

  /** From now on every read and write of the device is an I/O error, and its datastores are not accessible. */
  async failDevice(id: string): Promise<string[]> {
    return this.concerned(`devices/${id}/fail`);
  }

  /** The device works again. Machines that use it are power-cycled: what they have mounted stays dead. */
  async mendDevice(id: string): Promise<string[]> {
    return this.concerned(`devices/${id}/mend`);
  }

  /** No space is left on the device, for any machine. */
  async fillDevice(id: string): Promise<void> {
    await this.call("POST", `devices/${id}/fill`);
  }

  /** The device has the space again that `fillDevice` took. */
  async drainDevice(id: string): Promise<void> {
    await this.call("POST", `devices/${id}/drain`);
  }

  /** The host loses power: its machines end at once, and vCenter has lost it. */
  async hostDown(name: string): Promise<string[]> {
    return this.concerned(`hosts/${name}/down`);
  }

  /** The host is back, and what ran on it is powered on. */
  async hostUp(name: string): Promise<string[]> {
    return this.concerned(`hosts/${name}/up`);
  }

  /** Another host of the name joins, with empty disks, once the one that is gone was taken out of the inventory. */
  async replaceHost(name: string): Promise<void> {
    await this.call("POST", `hosts/${name}/replace`);
  }

  /** An empty disk is in the place of one that has failed, once no machine with files on it is listed any more. */
  async replaceDevice(id: string): Promise<void> {
    await this.call("POST", `devices/${id}/replace`);
  }

  /** The host no longer has the port group; or has it again. */
  async setNetwork(host: string, network: string, isThere: boolean): Promise<void> {
    await this.call("POST", `hosts/${host}/networks/${encodeURIComponent(network)}/${isThere ? "add" : "remove"}`);
  }

  /** Every process of the machine stands still. */
  async pauseMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/pause`);
  }

  async resumeMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/resume`);
  }

  /** The machine loses power. */
  async killMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/kill`);
  }

  /** The machine's guest shuts down. */
  async stopMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/stop`);
  }

  async startMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/start`);
  }

  /** No space is left on the devices of the machine's disks. */
  async fillMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/fill`);
  }

  async drainMachine(name: string): Promise<void> {
    await this.call("POST", `machines/${name}/drain`);
  }

  /** vCenter refuses to put anything on the datastore; machines on it run on. */
  async failDatastore(name: string): Promise<void> {
    await this.call("POST", `datastores/${name}/fail`);
  }

  async mendDatastore(name: string): Promise<void> {
    await this.call("POST", `datastores/${name}/mend`);
  }

  /** The datastore gives thin disks only, whatever is asked for; or what is asked for again. */
  async giveThin(name: string, isThin: boolean): Promise<void> {
    await this.call("POST", `datastores/${name}/${isThin ? "thin" : "thick"}`);
  }

  /** Accounts do not have the privilege, named as vSphere does; or have it again. */
  async setPrivilege(id: string, isGranted: boolean): Promise<void> {
    await this.call("POST", `privileges/${id}/${isGranted ? "grant" : "deny"}`);
  }

  /** Every client has to sign in again. Returns how many were signed in. */
  async expireSessions(): Promise<number> {
    return (await this.call<{ sessions: number }>("POST", "sessions/expire")).sessions;
  }

  /** Every task takes this much longer; 0 ends it. */
  async slowTasks(milliseconds: number): Promise<void> {
    await this.call("POST", "tasks/slow", { milliseconds });
  }

  /** The next tasks of a kind fail. */
  async failTask(kind: TaskKind, { count = 1, message }: { count?: number; message?: string } = {}): Promise<void> {
    await this.call("POST", "tasks/fail", { kind, count, message });
  }

  /** Ends the simulator's process. The machines run on. */
  async stop(): Promise<void> {
    await this.call("POST", "stop");
  }

  private async concerned(path: string): Promise<string[]> {
    return (await this.call<{ machines?: string[] } | null>("POST", path))?.machines ?? [];
  }

  private async call<T>(method: "GET" | "POST", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    throw new Error(messageOf(text) ?? `vcenter: ${method} /${path}: ${response.status} ${text.trim()}`);
  }
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: string }).error;
  } catch {
    return undefined;
  }
}
