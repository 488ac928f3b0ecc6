/** Filters of webhook events as a person types them. Pure. */

/** The filters in a text: parted by commas, blanks or lines, each once. */
export function filtersIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** Puts a filter into the text, or takes it out. */
export function toggled(text: string, filter: string): string {
  const filters = filtersIn(text);
  return (filters.includes(filter) ? filters.filter((one) => one !== filter) : [...filters, filter]).join(', ');
}
