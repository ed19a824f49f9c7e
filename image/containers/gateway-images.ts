import type { Artifact } from "../build/artifact";
import { certManager, traefik } from "../programs/exchanged";
import { optionalImages } from "./optional-images";

/** The images of what answers for Gateways, and of what issues their certificates. */
export function gatewayImages(): Artifact {
  const { version } = traefik;
  return optionalImages({ name: "gateway-images", version, title: "the container images of the gateway" }, [
    {
      name: `docker.io/library/traefik:v${version}`,
      artifact: traefik,
      program: "traefik",
      path: "usr/local/bin/traefik",
    },
    {
      name: `quay.io/jetstack/cert-manager-controller:v${certManager.version}`,
      artifact: certManager,
      program: "controller",
      path: "app/cmd/controller/controller",
    },
  ]);
}
