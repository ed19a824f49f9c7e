/** An element of an XML document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>]+="[^"]*")*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([^\s=]+)="([^"]*)"/g;
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Reads the XML that SOAP services write: elements, attributes, text; no document types. Prefixes of names are dropped. */
export function parseXml(xml: string): Element | undefined {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const token = TOKEN.exec(xml);
    const top = open.at(-1);
    if (!token || !top) return undefined;
    const [, cdata, closing, opening, attributes = "", empty, text] = token;
    if (cdata !== undefined) top.text += cdata;
    else if (text !== undefined) top.text += unescapeXml(text);
    else if (closing !== undefined) {
      if (open.length < 2 || top.name !== local(closing)) return undefined;
      open.pop();
    } else if (opening !== undefined) {
      const element: Element = { name: local(opening), attributes: {}, children: [], text: "" };
      for (const [, name = "", value = ""] of attributes.matchAll(ATTRIBUTE))
        element.attributes[local(name)] = unescapeXml(value);
      top.children.push(element);
      if (empty === "") open.push(element);
    }
  }
  return open.length === 1 ? root.children[0] : undefined;
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The first element at a path of names below this one. */
export function at(element: Element | undefined, ...path: string[]): Element | undefined {
  return path.reduce<Element | undefined>((e, name) => e?.children.find((c) => c.name === name), element);
}

/** All children of a name. */
export function all(element: Element | undefined, name: string): Element[] {
  return element?.children.filter((c) => c.name === name) ?? [];
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, code: string) => {
    if (code.startsWith("#x")) return String.fromCodePoint(Number.parseInt(code.slice(2), 16));
    if (code.startsWith("#")) return String.fromCodePoint(Number(code.slice(1)));
    return ENTITIES[code] ?? whole;
  });
}
