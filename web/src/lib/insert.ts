/** Puts a piece where the cursor is, over what is selected, and keeps the cursor behind it. Answers the whole text. */
export function insertAtCursor(field: HTMLTextAreaElement, piece: string): string {
  field.setRangeText(piece, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  return field.value;
}
