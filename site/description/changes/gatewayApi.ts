import { compared, type Meanings, way } from "./meaning";

export const gatewayApiMeanings: Meanings = {
  "addons.gatewayApi": way(
    "left out, nobody answers at its address, and no certificate is renewed; Gateways, routes and certificates stay as objects that nobody reads",
    "move what is reached by it to another way in first",
  ),
  "addons.gatewayApi.domain": compared(
    way(
      "certificates for the old one are not renewed and its Gateways get none; those that were issued are good until they end",
      "move Gateways and routes to the other one; clients keep the authority that they know",
    ),
  ),
  "addons.gatewayApi.address": compared(
    way(
      "nobody answers at the old one any more, and names in your DNS still stand for it",
      "change your DNS in the same hour, after its records' time to live was made short",
    ),
  ),
};
