import type { Problem } from "../../../site/description/problem";

/** What was asked of vCenter. */
export interface Question {
  /** Where the site's description says it: `hypervisor.template`. */
  path: string;
  /** What was asked for: `template groundwork-node`. */
  subject: string;
}

/** What an error of the vSphere plugin means to the owner of a site. */
export function vcenterProblem(
  question: Question,
  hypervisor: { server: string; datacenter: string },
  error: unknown,
): Problem {
  const { server, datacenter } = hypervisor;
  const text = reason(error);
  // A thing that is called like an error is none.
  const said = question.subject.split(" ").reduce((rest, word) => rest.replaceAll(word, ""), text);
  if (/incorrect user name or password|InvalidLogin/i.test(said))
    return {
      path: "hypervisor.server",
      fact: `${server} refuses this user and password`,
      fix: "set VSPHERE_USER and VSPHERE_PASSWORD, or the stack's vsphereUser and vspherePassword, to an account that can sign in",
    };
  if (/x509|certificate/i.test(said))
    return {
      path: "hypervisor.server",
      fact: `${server} shows a certificate that is not trusted (${text})`,
      fix: "let this machine trust its authority, or set hypervisor.allowUnverifiedSsl",
    };
  if (/\b503\b|service unavailable/i.test(said))
    return {
      path: "hypervisor.server",
      fact: `${server} is starting or overloaded (${text})`,
      fix: "wait some minutes and run the same command again",
    };
  if (/connection refused|no such host|no route to host|timed? ?out|deadline exceeded|EOF/i.test(said))
    return {
      path: "hypervisor.server",
      fact: `${server} cannot be reached (${text})`,
      fix: "see that vCenter runs, that the name and port are right and that no firewall is between",
    };
  if (/NoPermission|permission to perform/i.test(said))
    return {
      path: question.path,
      fact: `${server} does not let this account see the ${question.subject} (${text})`,
      fix: "give it the privileges that `groundwork preflight --role` lists, with propagation",
    };
  if (/multiple|ambiguous/i.test(said))
    return {
      path: question.path,
      fact: `${datacenter} of ${server} has several of the name of ${question.subject}`,
      fix: /\bnetwork$/.test(question.path)
        ? `name its distributed switch in ${question.path.replace(/network$/, "distributedSwitch")}, or rename all but one of them in vCenter`
        : "rename all but one of them in vCenter",
    };
  if (/not found|error while getting/i.test(said))
    return {
      path: question.path,
      fact: `${question.subject} not found in ${datacenter} of ${server}`,
      fix: `correct its name, or make it in vCenter; if it is there, let the account see it: \`groundwork preflight\` tells what it lacks${goneForGood(question)}`,
    };
  return {
    path: question.path,
    fact: `${server} does not tell the ${question.subject} (${text})`,
    fix: "mend it in vCenter and run the same command again",
  };
}

/** A host or a datastore may have been there, and machines with it. */
function goneForGood({ subject }: Question): string {
  const [, name] = /^(?:host|datastore) (.+?)(?: of device .*)?$/.exec(subject) ?? [];
  return name === undefined
    ? ""
    : `; if it is gone for good, \`groundwork recover --gone ${name}\` tells what went with it`;
}

/** The last words of a nested error: what is before them names functions of the plugin. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const last = text.split(/ returned an error: |invoking \S+: |SOAP client: |ServerFaultCode: /).at(-1) ?? text;
  return last.replaceAll(/[^\x20-\x7e]+/g, " ").trim();
}
