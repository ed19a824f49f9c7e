import { DOMParser, type Element as DomElement, onWarningStopParsing, ParseError, XMLSerializer } from "@xmldom/xmldom";

/** An element of an XML document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** What stands in it outside of its children. */
  text: string;
}

/**
 * Reads the XML that SOAP services write. Prefixes of names are dropped.
 *
 * @returns nothing if it is not well-formed, or has a document type: SOAP has none, and entities of its own would come with it
 */
export function parseXml(xml: string): Element | undefined {
  try {
    const document = new DOMParser({ onError: onWarningStopParsing }).parseFromString(xml, "text/xml");
    return document.documentElement && !document.doctype ? elementOf(document.documentElement) : undefined;
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/** The first element of a name as it stands in a document, with the namespaces that it uses, under another name. Nothing if there is none. */
export function renamed(xml: string, name: string, to: string): string | undefined {
  const document = new DOMParser({ onError: onWarningStopParsing }).parseFromString(xml, "text/xml");
  const found = document.getElementsByTagNameNS("*", name)[0];
  if (found === undefined) return undefined;
  const element = document.createElementNS(found.namespaceURI, to);
  for (const attribute of found.attributes)
    element.setAttributeNS(attribute.namespaceURI, attribute.name, attribute.value);
  while (found.firstChild) element.appendChild(found.firstChild);
  return new XMLSerializer().serializeToString(element);
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

/** What a fault says to people. */
export function messageIn(fault: Element | undefined): string {
  return (at(fault, "localizedMessage")?.text || "without a word").replace(/\.$/, "");
}

function elementOf(node: DomElement): Element {
  const element: Element = { name: node.localName ?? node.nodeName, attributes: {}, children: [], text: "" };
  for (const { localName, name, value } of node.attributes) element.attributes[localName ?? name] = value;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === child.ELEMENT_NODE) element.children.push(elementOf(child as DomElement));
    else if (child.nodeType === child.TEXT_NODE || child.nodeType === child.CDATA_SECTION_NODE)
      element.text += child.nodeValue;
  }
  return element;
}
