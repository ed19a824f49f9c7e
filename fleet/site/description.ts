import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { removeItem } from "./comments";

export type Keys = readonly (string | number)[];

/** The site's description in a stack file, to be changed without losing its comments. */
export class Description {
  private constructor(
    readonly document: Document,
    private readonly site: YAMLMap,
  ) {}

  /** None if there is no site in it. */
  static in(text: string): Description | undefined {
    const document = parseDocument(text);
    // What is changed in one place must not change in another one, too.
    visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
    visit(document, {
      Node: (_, node) => {
        if (!isAlias(node)) node.anchor = undefined;
      },
    });
    const site = document.getIn(["config", "groundwork:site"], true);
    return isMap(site) ? new Description(document, site) : undefined;
  }

  clone(): Description {
    return Description.in(this.text()) as Description;
  }

  toJS(): unknown {
    return this.site.toJS(this.document);
  }

  text(): string {
    return this.document.toString({ lineWidth: 0, flowCollectionPadding: false });
  }

  get(keys: Keys): unknown {
    const node = this.node(keys);
    return node === undefined ? undefined : node.toJS(this.document);
  }

  /** Writes a value; a plain one keeps the comment beside it, and a new one stands as its neighbours do. */
  set(keys: Keys, value: unknown): void {
    const node = this.node(keys);
    const isPlain = typeof value !== "object" || value === null;
    if (isScalar(node) && isPlain) node.value = value;
    else {
      const made = this.document.createNode(value);
      if (node) Object.assign(made, { commentBefore: node.commentBefore, comment: node.comment });
      this.site.setIn(keys, made);
    }
  }

  /** Takes a setting out; the comment above it stays. */
  delete(keys: Keys): void {
    remove(this.site, keys);
  }

  /** The same of the stack file around the description. */
  deleteOfStack(keys: Keys): void {
    remove(this.document.contents, keys);
  }

  /** Takes settings of another document over, with the comments there. */
  take(key: string, from: Document): boolean {
    const node = from.get(key, true);
    if (node === undefined) return false;
    this.site.set(key, node);
    return true;
  }

  /** Whether `set` can write there: every step leads through a map or a list, and a list gets no holes. */
  hasPlace(keys: Keys): boolean {
    return keys.every((key, i) => {
      const around = i === 0 ? this.site : this.node(keys.slice(0, i));
      if (around === undefined) return typeof key === "string" || key === 0;
      if (typeof key === "string") return isMap(around);
      return isSeq(around) && key <= around.items.length;
    });
  }

  private node(keys: Keys): Node | undefined {
    return this.site.getIn(keys, true) as Node | undefined;
  }
}

function remove(root: unknown, keys: Keys): void {
  const last = keys.at(-1);
  const around = keys.length > 1 && isCollection(root) ? root.getIn(keys.slice(0, -1), true) : root;
  if (!isMap(around) && !isSeq(around)) return;
  const items = around.items as unknown[];
  const index = isSeq(around)
    ? Number(last)
    : items.findIndex((item) => isPair(item) && (isScalar(item.key) ? item.key.value : item.key) === last);
  if (index >= 0 && index < items.length) removeItem(around, index);
}
