import { resolve } from "node:path";
import { Command } from "commander";
import { siteRegistry, writeCertificates } from "./site";

/** `groundwork registry`: what fills a site's own registry. */
export function registryCommand(): Command {
  return new Command("registry")
    .description("write what skopeo and podman sign in with to fill a site's own registry, and say where that is")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .requiredOption("--certs <folder>", "where ca.crt, client.cert and client.key go: a private key is among them")
    .addHelpText("after", "\nExit code: 0 done, 2 unusable input.")
    .action(async ({ stack, certs }: { stack: string; certs: string }) => {
      const registry = await siteRegistry({ folder: process.cwd(), stack, env: process.env });
      const folder = resolve(certs);
      writeCertificates(registry, folder);
      const line = (copy: string) =>
        `  skopeo copy --preserve-digests --dest-cert-dir=${folder} docker://REGISTRY/PATH:TAG docker://${copy}/REGISTRY/PATH:TAG`;
      console.log(
        `It answers at ${registry.endpoint}. Each copy gets an image under the name that it has in its registry:\n` +
          registry.copies.map(line).join("\n"),
      );
    });
}
