import { request } from "node:https";
import { UnusableInput } from "../../site/description/unusableInput";
import { all, at, type Element, escapeXml, parseXml } from "./xml";

export interface Login {
  /** Host name, with `:port` if it is not 443. */
  server: string;
  user: string;
  password: string;
  /** Certificates to trust beside the system's, PEM. */
  ca?: string;
  /** Trust any certificate. */
  insecure?: boolean;
}

/** An object of vCenter's inventory with the properties that were asked for. */
export interface ManagedObject {
  type: string;
  id: string;
  properties: ReadonlyMap<string, Element>;
  /** What the account may not read of it, and the privilege that it lacks. */
  denied?: readonly Denial[];
}

export interface Denial {
  property: string;
  privilege: string;
}

const PATIENCE_MS = 30_000;

/** A reference to an object of vCenter's inventory. */
export type ObjectReference = Pick<ManagedObject, "type" | "id">;

/**
 * A session with a vCenter's web services API (vim25), which every version from 6 to 8 speaks. Reads; `perform` and `invoke` alone change
 * something.
 */
export class Session {
  private cookie = "";
  private content: Element | undefined;
  private key = "";
  /** What the account may not read, where it was read with `lenient`: `HostSystem config.storageDevice`. */
  readonly unreadable = new Set<string>();

  private constructor(readonly login: Login) {}

  static async open(login: Login): Promise<Session> {
    const session = new Session(login);
    const self = `<_this type="ServiceInstance">ServiceInstance</_this>`;
    session.content = at(await session.call("RetrieveServiceContent", self), "returnval");
    if (!session.content) throw fault(login, "server", "it answers, but is no vCenter", "name a vCenter server");
    const user = `<userName>${escapeXml(login.user)}</userName><password>${escapeXml(login.password)}</password>`;
    session.key =
      at(await session.call("Login", session.manager("sessionManager") + user), "returnval", "key")?.text ?? "";
    return session;
  }

  /** The root of the inventory. */
  get root(): ObjectReference {
    return this.reference("rootFolder");
  }

  /** One of vCenter's managers by its name in the service's content: `licenseManager`. */
  reference(name: string): ObjectReference {
    const object = at(this.content, name);
    return { type: object?.attributes.type ?? "", id: object?.text ?? "" };
  }

  /** The product's name and build. */
  get product(): string {
    return at(this.content, "about", "fullName")?.text ?? "vCenter";
  }

  /**
   * Every object of these types, with these properties.
   *
   * @param lenient what may not be read is left out, and remembered in `unreadable`
   */
  async read(properties: Record<string, string[]>, { lenient = false } = {}): Promise<ManagedObject[]> {
    const types = Object.keys(properties);
    const container = reference("container", at(this.content, "rootFolder"));
    const wanted = types.map((t) => `<type>${t}</type>`).join("");
    const view = at(
      await this.call(
        "CreateContainerView",
        `${this.manager("viewManager")}${container}${wanted}<recursive>true</recursive>`,
      ),
      "returnval",
    );
    return this.collect(properties, [reference("obj", view)], { type: "ContainerView", path: "view" }, lenient);
  }

  /** These properties of certain objects, all of one type. What may not be read is left out, and remembered in `unreadable`. */
  async readObjects(objects: readonly ObjectReference[], properties: string[]): Promise<ManagedObject[]> {
    const [first] = objects;
    if (!first) return [];
    return this.collect({ [first.type]: properties }, objects.map(objectXml("obj")), undefined, true);
  }

  /** The privileges, of those asked, that the account does not have on each object. */
  async lackedPrivileges(
    objects: readonly ObjectReference[],
    privileges: readonly string[],
  ): Promise<ReadonlyMap<string, string[]>> {
    const answer = await this.call(
      "HasPrivilegeOnEntities",
      [
        this.manager("authorizationManager"),
        ...objects.map(objectXml("entity")),
        `<sessionId>${escapeXml(this.key)}</sessionId>`,
        ...privileges.map((id) => `<privId>${escapeXml(id)}</privId>`),
      ].join(""),
    );
    return new Map(
      all(answer, "returnval").map((entity) => [
        at(entity, "entity")?.text ?? "",
        all(entity, "privAvailability")
          .filter((each) => at(each, "isGranted")?.text !== "true")
          .map((each) => at(each, "privId")?.text ?? ""),
      ]),
    );
  }

  /** The tasks of the last minutes, running ones among them, with these properties. Others' may not be there to be read. */
  async tasks(...properties: string[]): Promise<ManagedObject[]> {
    const manager = reference("obj", at(this.content, "taskManager"));
    return this.collect({ Task: properties }, [manager], { type: "TaskManager", path: "recentTask" }, true);
  }

  /** What vCenter's clock shows: ISO 8601. */
  async now(): Promise<string> {
    const self = `<_this type="ServiceInstance">ServiceInstance</_this>`;
    return at(await this.call("CurrentTime", self), "returnval")?.text ?? "";
  }

  /** Calls a method that takes nothing but its object. Returns its task, if it is one's. */
  async perform(object: ObjectReference, method: string): Promise<ObjectReference | undefined> {
    const task = at(await this.call(method, objectXml("_this")(object)), "returnval");
    return task && { type: "Task", id: task.text };
  }

  /**
   * Calls a method of an object.
   *
   * @param args what it takes beside its object, as XML
   * @returns what it answers, and the same as it came, for what is handed back to vCenter
   */
  async invoke(object: ObjectReference, method: string, args: string): Promise<{ value?: Element; xml: string }> {
    const { content, xml } = await this.ask(method, objectXml("_this")(object) + args);
    return { value: at(content, "returnval"), xml };
  }

  /** What it means that something must be read and may not be. */
  denial({ id }: ObjectReference, { property, privilege }: Denial): UnusableInput {
    return fault(
      this.login,
      "user",
      `${this.login.user} may not read ${property} of ${id} (${privilege})`,
      "give it the read-only role on the datacenter, with propagation",
    );
  }

  /** Objects, or what a property of each leads to. */
  private async collect(
    properties: Record<string, string[]>,
    objects: readonly string[],
    step: { type: string; path: string } | undefined,
    lenient: boolean,
  ): Promise<ManagedObject[]> {
    const propSet = Object.entries(properties)
      .map(
        ([type, paths]) =>
          `<propSet><type>${type}</type>${paths.map((p) => `<pathSet>${p}</pathSet>`).join("")}</propSet>`,
      )
      .join("");
    const walk = step
      ? `<skip>true</skip><selectSet xsi:type="TraversalSpec"><name>step</name><type>${step.type}</type><path>${step.path}</path><skip>false</skip></selectSet>`
      : "<skip>false</skip>";
    const sets = objects.map((object) => `<objectSet>${object}${walk}</objectSet>`).join("");
    const spec = `<specSet>${propSet}${sets}</specSet><options/>`;
    const collector = this.manager("propertyCollector");
    const found: ManagedObject[] = [];
    let page = at(await this.call("RetrievePropertiesEx", collector + spec), "returnval");
    for (;;) {
      found.push(...all(page, "objects").map((o) => this.managedObject(o, lenient)));
      const token = at(page, "token")?.text;
      if (!token) return found;
      page = at(
        await this.call("ContinueRetrievePropertiesEx", `${collector}<token>${escapeXml(token)}</token>`),
        "returnval",
      );
    }
  }

  async close(): Promise<void> {
    await this.call("Logout", this.manager("sessionManager")).catch(() => undefined);
  }

  private managedObject(object: Element, lenient: boolean): ManagedObject {
    const obj = at(object, "obj");
    const denied = all(object, "missingSet").map(
      (each): Denial => ({
        property: at(each, "path")?.text ?? "",
        privilege: at(each, "fault", "fault", "privilegeId")?.text ?? "System.Read",
      }),
    );
    const properties = all(object, "propSet").map((p) => [at(p, "name")?.text ?? "", at(p, "val") as Element] as const);
    const found = { type: obj?.attributes.type ?? "", id: obj?.text ?? "", properties: new Map(properties), denied };
    const [first] = denied;
    if (first && !lenient) throw this.denial(found, first);
    for (const { property } of denied) this.unreadable.add(`${found.type} ${property}`);
    return found;
  }

  private manager(name: string): string {
    return reference("_this", at(this.content, name));
  }

  private async call(method: string, body: string): Promise<Element | undefined> {
    return (await this.ask(method, body)).content;
  }

  private async ask(method: string, body: string): Promise<{ content?: Element; xml: string }> {
    const xml = await this.post(envelope(method, body));
    const content = at(parseXml(xml), "Body");
    if (!content) throw fault(this.login, "server", "it answers, but is no vCenter", "name a vCenter server");
    const problem = at(content, "Fault");
    if (!problem) return { content: content.children[0], xml };
    const kind = at(problem, "detail")?.children[0]?.name ?? "";
    if (kind.startsWith("InvalidLogin"))
      throw fault(
        this.login,
        "user",
        `vCenter refuses ${this.login.user} or its password`,
        "correct VSPHERE_USER and VSPHERE_PASSWORD",
      );
    if (kind.startsWith("NoPermission")) {
      const privilege = at(problem, "detail")?.children[0];
      throw fault(this.login, "user", ...forbidden(this.login.user, method, at(privilege, "privilegeId")?.text));
    }
    const said = (at(problem, "faultstring")?.text ?? "").replace(/\.$/, "");
    throw fault(this.login, "server", said || `${method} failed`, "see vCenter's log");
  }

  private post(body: string): Promise<string> {
    const { login } = this;
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "text/xml; charset=utf-8", soapaction: "urn:vim25/6.7", cookie: this.cookie };
      const options = {
        method: "POST",
        headers,
        timeout: PATIENCE_MS,
        ca: login.ca,
        rejectUnauthorized: !login.insecure,
      };
      const req = request(`https://${login.server}/sdk`, options, (res) => {
        const [cookie] = res.headers["set-cookie"] ?? [];
        if (cookie) this.cookie = cookie.split(";")[0] ?? "";
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        // Faults come with 500, and say more than it does.
        const status = res.statusCode ?? 0;
        res.on("end", () =>
          status < 400 || status === 500
            ? resolve(Buffer.concat(chunks).toString("utf8"))
            : reject(fault(login, "server", ...httpProblem(status))),
        );
        res.on("error", (e) => reject(unreachable(login, e)));
      });
      req.on("timeout", () => req.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
      req.on("error", (e) => reject(unreachable(login, e)));
      req.end(body);
    });
  }
}

function envelope(method: string, body: string): string {
  const soap = "http://schemas.xmlsoap.org/soap/envelope/";
  const types = "http://www.w3.org/2001/XMLSchema-instance";
  return `<?xml version="1.0"?><s:Envelope xmlns:s="${soap}" xmlns:xsi="${types}"><s:Body><${method} xmlns="urn:vim25">${body}</${method}></s:Body></s:Envelope>`;
}

function reference(name: string, object: Element | undefined): string {
  return `<${name} type="${escapeXml(object?.attributes.type ?? "")}">${escapeXml(object?.text ?? "")}</${name}>`;
}

/** A reference to an object, as an element of that name. */
export function objectXml(name: string): (object: ObjectReference) => string {
  return ({ type, id }) => `<${name} type="${escapeXml(type)}">${escapeXml(id)}</${name}>`;
}

function fault(login: Login, what: "server" | "user", fact: string, fix: string): UnusableInput {
  return new UnusableInput([{ path: what === "server" ? login.server : "user", fact, fix }]);
}

/** Reading takes a role that every vCenter has; all else is a privilege by name. */
function forbidden(user: string, method: string, privilege = ""): [fact: string, fix: string] {
  const reads = privilege === "" || privilege.startsWith("System.");
  return [
    `${user} may not do ${method}${reads ? "" : `: it lacks ${privilege}`}`,
    reads
      ? "give it the read-only role on the datacenter, with propagation"
      : "add that to its role; `groundwork preflight --role` prints the whole role",
  ];
}

/** What a status other than success says of the server: the fact, and what to do. */
function httpProblem(status: number): [fact: string, fix: string] {
  if (status === 503) return [`it is starting or overloaded (HTTP ${status})`, "wait some minutes and try again"];
  if (status === 404) return [`it answers, but is no vCenter (HTTP ${status})`, "name a vCenter server"];
  return [`it refuses with HTTP ${status}`, "look for a proxy in between, or see vCenter's log"];
}

function unreachable(login: Login, error: Error): UnusableInput {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return fault(
      login,
      "server",
      `its certificate is not trusted (${code})`,
      "pass --ca with vCenter's certificate authority; in a lab, --insecure or hypervisor.allowUnverifiedSsl",
    );
  if (/EPROTO|HPE_/.test(code) || /SSL|packet length/.test(error.message))
    return fault(login, "server", "it does not speak HTTPS there", "name vCenter's HTTPS port");
  return fault(
    login,
    "server",
    `it cannot be reached (${code || error.message})`,
    "check the name, the port and the network",
  );
}
