import { join } from "node:path";
import { repository } from "../../lab/toolchain/artifact";
import { projectOver } from "./apiProject";
import type { ApiServer } from "./apiServer";
import type { Project } from "./project";

/** What a program over a real API is told of Gateways: nothing, or all that the component is. */
export interface GatewayGiven {
  namespaces: string[];
  address: string;
  copies: number;
  authority: { certificatePem: string; privateKeyPem: string; abovePem: string };
}

/** A program that makes what answers for Gateways, and the namespaces, over a real API in which no node runs its pods. */
export function gatewayProject(api: ApiServer): Promise<Project> {
  const lines = `
    const { GatewayApi } = require(${JSON.stringify(join(repository, "components/addons/GatewayApi"))});
    const { Namespaces } = require(${JSON.stringify(join(repository, "components/Namespaces"))});
    const { given, namespaces } = require("./given.json");
    const images = { traefik: "docker.io/library/traefik:v0", certManager: "quay.io/jetstack/cert-manager-controller:v0" };
    const notAwaited = ({ type, props, opts }) => {
      if (!/:(Deployment|Service)$/.test(type)) return undefined;
      const annotations = { ...props.metadata.annotations, "pulumi.com/skipAwait": "true" };
      return { props: { ...props, metadata: { ...props.metadata, annotations } }, opts };
    };
    const spaces = new Namespaces("shop-namespaces", { namespaces }, { providers: [provider] });
    if (given)
      new GatewayApi(
        "shop-gateway-api",
        { images, ...given, namespaces },
        { providers: [provider], transforms: [notAwaited], dependsOn: [spaces] },
      );`;
  return projectOver(api, lines);
}
