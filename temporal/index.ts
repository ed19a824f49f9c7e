import type { FleetEngine } from "../fleet/engine";
import { serve } from "./server";
import { connect } from "./service";
import { watch } from "./watch";
import { work } from "./worker";

export const engine: FleetEngine = { connect, watch, work, serve };
