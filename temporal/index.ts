import type { FleetEngine } from "../fleet/rollout/service";
import { serve } from "./server";
import { connect } from "./service";
import { work } from "./worker";

export const engine: FleetEngine = { connect, work, serve };
