import { type Meanings, oneAtATime, way } from "./meaning";

const ASKED = oneAtATime("containerd asks there from the next image on; what runs goes on.");

export const registryMeanings: Meanings = {
  "registry.kind": way(
    "nodes ask the other place for every image from then on, and a pod whose image is not there does not start anew",
    "fill it first: `groundwork bundle apply --to`; where the site's own one goes, what lies in it stays on the control planes' disks",
  ),
  "registry.upstreams[]": way(
    "pods whose images have the name of a registry that is left out do not start anew",
    "see whose they are first: `kubectl get pods -A -o jsonpath='{..image}'`",
  ),
  "registry.sizeGiB": oneAtATime("As much may lie in it from then on; nothing is deleted."),
  "registry.url": ASKED,
  "registry.ca": ASKED,
};
