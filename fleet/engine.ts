import type { RolloutService, Server, ServerOptions, ServiceAddress } from "./rollout/service";
import type { SiteWork } from "./rollout/work";
import type { WatchService } from "./watch/service";
import type { WatchWork } from "./watch/work";

export interface WorkerOptions extends ServiceAddress {
  work: SiteWork;
  /** What is done to watch sites; left out: nothing. */
  watch?: WatchWork;
  /** Labels with their values whose sites it works at, instead of those that have no queue of their own. */
  of: readonly { label: string; value: string }[];
}

/** What the package that carries rollouts out offers to the commands. They load it only where it is needed. */
export interface FleetEngine {
  connect(address: ServiceAddress, project: string): Promise<RolloutService>;
  /** The watch over a project's sites. */
  watch(address: ServiceAddress, project: string): Promise<WatchService>;
  /** Works until the process is told to end. @param ready is called when it takes work */
  work(options: WorkerOptions, ready: () => void): Promise<void>;
  /** Starts a server of one's own, and waits until it answers. */
  serve(options: ServerOptions): Promise<Server>;
}
