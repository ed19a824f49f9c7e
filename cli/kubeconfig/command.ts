import { Command } from "commander";
import { UnusableInput } from "../../site/description/unusableInput";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";
import { changeFile, kubeconfigFile } from "./file";
import { entryOf, merged } from "./merge";

interface KubeconfigOptions {
  stack: string;
  merge?: boolean;
  context?: string;
  oidc?: boolean;
}

/** `groundwork kubeconfig`: what opens a site for kubectl. */
export function kubeconfigCommand(): Command {
  return new Command("kubeconfig")
    .description("print what opens a site for kubectl, or put it beside the clusters that kubectl knows")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--oidc", "the one for people, who sign in at the issuer of access.oidc: no key is in it")
    .option("--merge", "put it into the first file of KUBECONFIG, else into ~/.kube/config")
    .option("--context <name>", "what the site is called there (default: the stack's name)")
    .addHelpText(
      "after",
      "\nWithout --oidc it is a private key: print it into a file that only you can read, as --merge does. What the file holds already stays, with its comments;" +
        "\nthe site's own entries are brought up to date, and its context becomes the current one only where there is none." +
        "\nExit code: 0 done or nothing to do, 2 unusable input.",
    )
    .action(async ({ stack, merge, context, oidc }: KubeconfigOptions) => {
      const kubeconfig = await kubeconfigOf({ folder: process.cwd(), stack, env: process.env }, oidc);
      if (merge) put(kubeconfig, context ?? stack);
      else process.stdout.write(context === undefined ? kubeconfig : renamed(kubeconfig, context));
    });
}

function renamed(kubeconfig: string, context: string): string {
  return merged(entryOf(kubeconfig), { text: undefined, file: "output kubeconfig", context });
}

function put(kubeconfig: string, context: string): void {
  const file = kubeconfigFile(process.env);
  const entry = entryOf(kubeconfig);
  const isChanged = changeFile(file, (text) => merged(entry, { text, file, context }));
  console.log(
    isChanged
      ? `${file}: ${context} is in it. Use it: kubectl --context ${context} get nodes`
      : `${file}: nothing changed, ${context} is in it as it should be.`,
  );
}

/** @throws UnusableInput if no site is up in the stack, or people cannot sign in to it */
async function kubeconfigOf(stack: PulumiStack, oidc = false): Promise<string> {
  const { kubeconfig, oidcKubeconfig } = await outputsOf(stack);
  if (oidc && typeof kubeconfig === "string") {
    if (typeof oidcKubeconfig === "string") return oidcKubeconfig;
    throw new UnusableInput([
      {
        path: "access.oidc",
        fact: `people cannot sign in to the site in ${stack.stack}`,
        fix: "describe an issuer, and run `pulumi up`",
      },
    ]);
  }
  if (typeof kubeconfig !== "string") throw noSiteIn(stack);
  return kubeconfig;
}
