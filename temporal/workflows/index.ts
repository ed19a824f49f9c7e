// What a worker knows: the names of these functions stand in histories.
export { change } from "./change";
export { rollout } from "./rollout";
export { drill, drills, looks, tell } from "./watch";
