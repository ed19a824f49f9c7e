import { z } from "zod";
import { isHost } from "./addresses";
import { isCertificate, targetHostKey } from "./keys";

const URL_FIX = "use https://host/path or ssh://user@host/path, with :port before the path where it needs one";
/** What follows the host: nothing that a shell, a header or a glob would take for more. */
const PATH = /^\/[A-Za-z0-9_~][A-Za-z0-9._~+/-]*$/;

/** What a parser does not read as something else: no blanks, line feeds, \ and %. */
const WRITTEN_OUT = /^[!-$&-[\]-~]+$/;

/** The address of a Git repository. What may be a secret in one that is refused is not told again. */
const repositoryUrl = z
  .string()
  .max(1024)
  .superRefine((text, context) => {
    const refuse = (fact: string) => context.addIssue({ code: "custom", message: URL_FIX, params: { fact } });
    if (!WRITTEN_OUT.test(text) || !URL.canParse(text) || !text.includes("://"))
      return refuse("it is no address of a Git repository");
    const { protocol, hostname, username, password, port, pathname, search, hash } = new URL(text);
    if (protocol === "http:" || protocol === "git:")
      return refuse(`by ${protocol}// whoever is on the way could put workloads into the cluster`);
    if (protocol !== "https:" && protocol !== "ssh:")
      return refuse("it is neither an https nor an ssh address, and source-controller knows no other");
    if (password !== "" || (protocol === "https:" && username !== ""))
      return refuse("it holds a login, and a description holds no secrets");
    if (protocol === "ssh:" && !/^[A-Za-z_][-A-Za-z0-9_.]{0,63}$/.test(username))
      return refuse("it does not say who signs in, as git does in ssh://git@host/path");
    if (!isHost(hostname) || port === "0") return refuse("its host is neither a DNS name nor an IPv4 address");
    if (!PATH.test(pathname) || search !== "" || hash !== "" || pathname.includes("//"))
      return refuse("what follows its host is no path of a repository");
  })
  .meta({ format: "uri" });

/** The name of a branch or tag, as `git check-ref-format` takes it, of the letters that are written everywhere. */
const reference = z
  .string()
  .max(200)
  .regex(
    /^(?!.*(?:\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$))[A-Za-z0-9_][A-Za-z0-9._/+@-]*$/,
    "use a name that git takes, of letters, digits and . _ / + @ -",
  );

const folder = z
  .string()
  .max(400)
  .regex(/^(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*\/?)?$/, {
    error: "use a folder inside the repository: letters, digits and - . _ /, without / at the beginning",
    abort: true,
  })
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), {
    error: "use a folder inside the repository, without . and ..",
  });

const fluxSchema = z.strictObject({
  url: repositoryUrl.describe("The Git repository: https://host/path, or ssh://user@host/path."),
  branch: reference.optional().describe("The branch that is followed. Left out, and no tag named: main."),
  tag: reference.optional().describe("The tag that is followed, in place of a branch: what it stands for stays."),
  path: folder
    .default("")
    .describe("The folder with the manifests, or with a kustomization.yaml. Left out: the whole repository."),
  intervalMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe("Minutes between two looks at the repository, and at what became of what was applied."),
  user: z
    .string()
    .max(256)
    .regex(/^[\x21-\x39\x3B-\x7E]+$/, "use a login name, without blanks and :")
    .optional()
    .describe(
      "Who signs in over https; the token is the secret groundwork:gitopsToken. Left out: nobody does, the repository is open to all.",
    ),
  ca: z
    .string()
    .max(20_000)
    .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
    .optional()
    .describe("The authority of an https server's certificate, in PEM. Left out: one that everybody knows."),
  hostKeys: z
    .array(targetHostKey.describe("A public SSH host key."))
    .max(10)
    .default([])
    .describe(
      "The public SSH host keys of an ssh server, as in `ssh-ed25519 AAAA…`: another machine at its address gives nothing. The key that signs in is the secret groundwork:gitopsSshKey.",
    ),
  clusterWide: z
    .boolean()
    .default(false)
    .describe(
      "Whether it may write in every namespace but the cluster's own, and namespaces, definitions and classes. False: in the namespaces of this description alone.",
    ),
});

/** Hand-over of what runs in the cluster to the owner's own repository. */
export const gitopsSchema = z.strictObject({
  flux: fluxSchema.describe("Flux applies what a Git repository says."),
});
