import { isNode, isPair, type YAMLMap, type YAMLSeq } from "yaml";

/** Takes an entry out of a map or a list; the comment that stood above it stays, for whatever follows. */
export function removeItem(from: YAMLMap | YAMLSeq, index: number): void {
  const [removed] = from.items.splice(index, 1);
  const comment = headOf(removed)?.commentBefore;
  if (!comment) return;
  const next = headOf(from.items[index]);
  if (next) next.commentBefore = [comment, next.commentBefore].filter(Boolean).join("\n");
  else from.comment = [from.comment, comment].filter(Boolean).join("\n");
}

/** The node that an entry begins with. */
function headOf(item: unknown) {
  const head = isPair(item) ? item.key : item;
  return isNode(head) ? head : undefined;
}
